import { describe, expect, it } from '@jest/globals';
import minimal from '../config/minimal.ts';
import { parseConfig, placeholdersIn } from '../lib/config.ts';
import { loadConfig } from '../lib/load-config.ts';

describe('a configuration', () => {
  it('is told all that is wrong with it at once', () => {
    const wrong = {
      ...minimal,
      account: '1234',
      data: 'maybe',
      network: { zones: ['us-east-1a', 'eu-west-1b'], natGateways: 'none', vpn: true },
      colour: 'red',
    };
    expect(() => parseConfig(wrong)).toThrow(/^The configuration is wrong:\n( {2}.+\n){3,}/);
    for (const path of ['account: an account has', 'data: ', 'network.natGateways: ', '"vpn"', '"colour"']) {
      expect(() => parseConfig(wrong)).toThrow(path);
    }
  });

  it('may use the zones of its own region only', () => {
    const network = { ...minimal.network, zones: ['us-east-1a', 'eu-west-1b'] };
    expect(() => parseConfig({ ...minimal, network })).toThrow(
      'network.zones.1: eu-west-1b is not in us-east-1',
    );
  });

  it('must have two or three zones', () => {
    const withZones = (zones: string[]) => () =>
      parseConfig({ ...minimal, network: { ...minimal.network, zones } });
    expect(withZones(['us-east-1a'])).toThrow('network.zones');
    expect(withZones(['a', 'b', 'c', 'd'].map((zone) => `us-east-1${zone}`))).toThrow('network.zones');
  });

  it('with the account of an example holds a placeholder', () => {
    expect(placeholdersIn(parseConfig(minimal))).toEqual(['account']);
    expect(placeholdersIn(parseConfig({ ...minimal, account: '210987654321' }))).toEqual([]);
  });

  it('that is not there is answered with those that are', async () => {
    await expect(loadConfig('other')).rejects.toThrow(
      'There is no configuration "other"; there are: course, minimal, production',
    );
  });
});
