import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import course from '../../config/course.ts';
import minimal from '../../config/minimal.ts';
import production from '../../config/production.ts';
import { parseConfig, type ConfigInput } from '../../lib/config/config.ts';
import { STACKS, hasStack, stackName } from '../../lib/stacks.ts';
import { brokenRules } from '../support/aws-rules.ts';
import { EmulatedAccount, hasAccount } from '../support/emulated-account.ts';

/** A deployment makes ten stacks, one after the other. */
const LONG = 600_000;

(hasAccount ? describe : describe.skip).each<[string, ConfigInput]>([
  ['minimal', minimal],
  ['course', course],
  ['production', production],
])('the configuration %s, with nothing but its placeholders replaced', (_, input) => {
  const account = new EmulatedAccount();
  let config: ConfigInput;

  beforeAll(async () => {
    await account.open();
    config = account.own(input);
  }, LONG);
  afterAll(() => {
    account.close();
  });

  it(
    'is deployed without a question',
    async () => {
      expect(await account.deploy(config)).toMatchObject({ status: 0 });
    },
    LONG,
  );

  it('has resources that AWS does not refuse, once all in them is resolved', () => {
    const parsed = parseConfig(config);
    const broken = STACKS.filter((id) => hasStack(parsed, id)).flatMap((id) =>
      brokenRules(account.resolved(stackName(parsed, id))).map((rule) => `${id}: ${rule}`),
    );
    expect(broken).toEqual([]);
  });

  it(
    'is deployed again, which changes nothing',
    async () => {
      const { status, stderr } = await account.deploy(config);
      expect(status).toBe(0);
      const ended = stderr.match(/✅ .*/g) ?? [];
      expect(ended.length).toBeGreaterThan(7);
      expect(ended.filter((line) => !line.endsWith('(no changes)'))).toEqual([]);
    },
    LONG,
  );

  it(
    'is not in its own way, says the doctor',
    async () => {
      const { stdout } = await account.infra('doctor', config);
      expect(stdout).toMatch(/^ok +stacks: (\d+) of \1 exist, and can be deployed$/m);
      expect(stdout).toMatch(/^ok +names: \d+ are free or of this configuration$/m);
      // The emulator cannot list all types.
      expect(stdout).not.toMatch(/^to do +names: /m);
    },
    LONG,
  );

  it(
    'is deleted, once its data need not be kept, with nothing left in the account',
    async () => {
      const throwAway = { ...config, data: 'throw-away' } as const;
      if (config.data === 'keep') {
        const stacks = (await account.inventory()).stacks;
        // Neither as it is nor with a configuration that was not deployed.
        for (const [own, reason] of [
          [config, "says data: 'keep': nothing was deleted"],
          [throwAway, 'Nothing was deleted'],
        ] as const) {
          const refused = await account.infra('destroy', own, '--force', '--skip-load-balancers');
          expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining(reason) });
        }
        expect((await account.inventory()).stacks).toEqual(stacks);
        expect(await account.deploy(throwAway)).toMatchObject({ status: 0 });
      }
      // The cluster of the emulator has no API server.
      const destroy = () => account.infra('destroy', throwAway, '--force', '--skip-load-balancers');
      expect(await destroy()).toMatchObject({ status: 0 });
      expect(await account.inventory()).toEqual({});
      expect(await destroy()).toMatchObject({ status: 0, stdout: expect.stringContaining('What stays') });
    },
    LONG,
  );
});
