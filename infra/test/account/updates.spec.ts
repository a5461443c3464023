import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import production from '../../config/production.ts';
import type { ConfigInput } from '../../lib/config/config.ts';
import { EmulatedAccount, hasAccount } from '../support/emulated-account.ts';

const LONG = 600_000;

(hasAccount ? describe : describe.skip)('a deployed configuration', () => {
  const account = new EmulatedAccount();
  let config: ConfigInput;

  beforeAll(async () => {
    await account.open();
    config = account.own({
      ...production,
      network: { ...production.network, zones: ['us-east-1a', 'us-east-1b'] },
    });
    const { pipeline: _, ...withoutPipeline } = config;
    config = withoutPipeline;
    expect(await account.deploy(config)).toMatchObject({ status: 0 });
  }, LONG);
  afterAll(() => {
    account.close();
  });

  // One after the other: each begins with what the one before has left.
  it.each<[string, (config: ConfigInput) => ConfigInput]>([
    ['takes a pipeline', (old) => ({ ...old, pipeline: account.own(production).pipeline })],
    [
      'takes other nodes in a third zone',
      (old) => ({
        ...old,
        network: { ...old.network, zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] },
        cluster: {
          ...old.cluster,
          privateNodes: {
            ...production.cluster.privateNodes,
            instanceTypes: ['m7g.xlarge'],
            capacity: 'spot',
          },
        },
      }),
    ],
    [
      'goes without Container Insights',
      (old) => ({ ...old, monitoring: { ...old.monitoring, containerInsights: false } }),
    ],
    ['needs its data no longer', (old) => ({ ...old, data: 'throw-away' })],
    ['gives its pipeline up', ({ pipeline: _, ...old }) => old],
  ])(
    '%s',
    async (_, change) => {
      config = change(config);
      expect(await account.deploy(config)).toMatchObject({ status: 0 });
    },
    LONG,
  );

  it(
    'has no stack of the pipeline afterwards',
    async () => {
      const { stacks } = await account.inventory();
      expect(stacks).toContain('production-monitoring');
      expect(stacks).not.toContain('production-pipeline');
    },
    LONG,
  );

  it(
    'is created anew where its creation was rolled back, also if its data is to be kept',
    async () => {
      const other = account.own({ ...production, name: 'second' });
      // Names that both have are taken by the first one.
      expect(await account.deploy(other)).toMatchObject({ status: 1 });
      expect(await account.infra('destroy', { ...config }, '--force', '--skip-load-balancers')).toMatchObject(
        {
          status: 0,
        },
      );
      expect(await account.deploy(other)).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^second-[a-z]+ was rolled back when it was created/m),
      });
    },
    LONG,
  );
});
