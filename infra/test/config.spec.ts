import { describe, expect, it } from '@jest/globals';
import minimal from '../config/minimal.ts';
import { parseConfig, placeholdersIn } from '../lib/config/config.ts';
import { loadConfig } from '../lib/config/load-config.ts';

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

  it.each([
    [
      'a zone twice',
      { network: { ...minimal.network, zones: ['us-east-1a', 'us-east-1a'] } },
      'the same zone twice',
    ],
    [
      'a small network',
      { network: { ...minimal.network, cidr: '10.0.0.0/20' } },
      'a private network with 16 bits',
    ],
    [
      'a network of the internet',
      { network: { ...minimal.network, cidr: '8.8.0.0/16' } },
      'a private network with 16 bits',
    ],
    [
      'a region without SES',
      { region: 'ap-east-1' },
      'not one of the regions that have all services: ap-northeast-1',
    ],
    ['a name that the database could not have', { name: 'a--b' }, 'single hyphens'],
    [
      'a class of databases that there is none of',
      { database: { ...minimal.database, instanceType: 'm4.large' } },
      'not a type that the database may have, e.g. t4g.micro',
    ],
  ])('may not have %s', (_, changes, message) => {
    expect(() => parseConfig({ ...minimal, ...changes })).toThrow(message);
  });

  it('of an example holds placeholders, each of which is named', () => {
    expect(placeholdersIn(parseConfig(minimal))).toEqual([
      'account',
      'cluster.administrators',
      'cluster.publicAccess',
      'mail.identity',
      'mail.reportsTo',
      'monitoring.alertsTo',
    ]);
    const own = {
      ...minimal,
      account: '210987654321',
      cluster: {
        ...minimal.cluster,
        publicAccess: [],
        administrators: ['arn:aws:iam::210987654321:role/administrator'],
      },
      mail: { identity: 'me@my.domain', from: 'me@my.domain', reportsTo: 'me@my.domain' },
      monitoring: { ...minimal.monitoring, alertsTo: 'me@my.domain' },
    };
    expect(placeholdersIn(parseConfig(own))).toEqual([]);
  });

  it('that is not there is answered with those that are', async () => {
    await expect(loadConfig('other')).rejects.toThrow(
      'There is no configuration "other"; there are: course, minimal, production',
    );
  });
});

describe('the cluster of a configuration', () => {
  const withCluster = (changes: object) => () =>
    parseConfig({ ...minimal, cluster: { ...minimal.cluster, ...changes } });

  it.each([
    [
      'an API server that is open to everybody',
      { publicAccess: ['0.0.0.0/0'] },
      'the API server is not for everybody',
    ],
    ['nobody who may do everything', { administrators: [] }, 'cluster.administrators: '],
    [
      'an account as an administrator',
      { administrators: ['arn:aws:iam::111122223333:root'] },
      'not the ARN of a role',
    ],
    ['Auto Mode', { scaling: 'auto-mode' }, 'cluster.scaling: '],
    ['no nodes at all', { privateNodes: undefined }, 'without nodes nothing runs'],
    [
      'fewer nodes than the least',
      { privateNodes: { instanceTypes: ['t4g.medium'], min: 2, desired: 1, max: 3 } },
      'does not hold',
    ],
    [
      'a namespace that Kubernetes refuses',
      { namespaces: [{ name: 'Users' }] },
      'cluster.namespaces.0.name: ',
    ],
    [
      'a namespace with RDS whose name MySQL does not take for a user',
      { namespaces: [{ name: 'n'.repeat(33) }] },
      'cluster.namespaces.0.name: with RDS, its database user has this name, which MySQL takes up to 32 characters',
    ],
    ...['mysql', 'sys', 'dbadmin', 'rdsadmin'].map((name): [string, object, string] => [
      `a namespace ${name} with RDS, which has a schema or a user of this name`,
      { namespaces: [{ name }] },
      `cluster.namespaces.0.name: RDS has a schema or a user ${name} of its own`,
    ]),
    ['another version of Kubernetes', { version: '1.21' }, 'Unrecognized key: "version"'],
    [
      'nodes whose architecture is not that of their types',
      { privateNodes: { ...minimal.cluster.privateNodes, instanceTypes: ['t3.medium'] } },
      "t3.medium is amd64: say architecture: 'amd64', or another type",
    ],
    [
      'a type of nodes that there is none of',
      { privateNodes: { ...minimal.cluster.privateNodes, instanceTypes: ['t9.huge'] } },
      'not a type that nodes may have, e.g. t3.medium',
    ],
    [
      'more nodes than a group has',
      { privateNodes: { ...minimal.cluster.privateNodes, max: 451 } },
      'cluster.privateNodes.max: ',
    ],
    ['a namespace twice', { namespaces: [{ name: 'a' }, { name: 'a' }] }, 'the same name twice'],
    [
      'namespaces whose outputs have one name',
      { namespaces: [{ name: 'ums' }, { name: 'ns-ums' }] },
      'the same name twice',
    ],
    [
      'a namespace of the cluster itself',
      { namespaces: [{ name: 'kube-system' }] },
      'of the cluster itself or of an add-on',
    ],
    ['a name with spaces', { name: 'my cluster' }, 'letters, digits, hyphens and underscores'],
    [
      'a private network as its public access',
      { publicAccess: ['10.0.0.0/8'] },
      'not a network of the internet',
    ],
    [
      'a network with bits behind its length',
      { publicAccess: ['198.18.0.1/24'] },
      'not a network of the internet',
    ],
    ['a network around private ones', { publicAccess: ['172.0.0.0/8'] }, 'not a network of the internet'],
  ])('may not have %s', (_, changes, message) => {
    expect(withCluster(changes)).toThrow(message);
  });

  it('may have such a namespace with a database of its own', () => {
    const names = ['n'.repeat(33), 'mysql'];
    expect(withCluster({ namespaces: names.map((name) => ({ name, database: 'own' })) })).not.toThrow();
  });
});
