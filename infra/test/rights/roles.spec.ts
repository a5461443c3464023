import { describe, expect, it } from '@jest/globals';
import { configurations, loadConfig } from '../../lib/config/load-config.ts';
import { SynthesizedAccount } from '../support/rights/synthesized-account.ts';
import { unusedRights, uselessReasons } from '../support/rights/unused-rights.ts';

/** Whose programs run in the tests of this folder, which compare all that the role may with what was called. */
const RUN: Record<string, RegExp> = {
  'build.spec.ts': /^pipeline\/BuildRole/,
  'deployment.spec.ts': /^pipeline\/Deploy(Staging|Production)Role/,
  'dns.spec.ts': /^addons\/ExternalDns/,
  'mail.spec.ts': /^workloads\/\w+notification/,
  'secrets.spec.ts': /^workloads\/\w+secretreader/,
};

describe.each(configurations())('the roles of %s', (name) => {
  it('belong to a program that runs in these tests, or have rights that are justified where they are given', async () => {
    const others = new SynthesizedAccount(await loadConfig(name)).roles.filter(
      (role) => !Object.values(RUN).some((names) => names.test(role.name)),
    );
    expect(others.flatMap((role) => unusedRights(role))).toEqual([]);
    expect(others.length).toBeGreaterThan(0);
  });

  it('have no reason for rights that they do not have', async () => {
    const { roles } = new SynthesizedAccount(await loadConfig(name));
    expect(
      roles.flatMap((role) => uselessReasons(role).map((pattern) => `${role.name}: ${pattern}`)),
    ).toEqual([]);
  });
});
