import { Resolver } from 'node:dns/promises';
import { completeConfig } from '../command/own-config.ts';
import { account } from './account.ts';
import { awsCli, type Ask } from './aws.ts';
import { bootstrap } from './bootstrap.ts';
import { dns, type PublicDns } from './dns.ts';
import { mail } from './mail.ts';
import { names } from './names.ts';
import { offers } from './offers.ts';
import { planOf, type Plan } from './plan.ts';
import { quotas } from './quotas.ts';
import { serviceRoles } from './service-roles.ts';
import { source } from './source.ts';
import { stacks } from './stacks.ts';
import { verdictsOf, type Check } from './verdict.ts';

const DNS_TIMEOUT_MS = 3_000;

/**
 * Asks the account, without changing anything, whether a configuration can be deployed to it, and prints a line for
 * each check.
 *
 * @param name of a configuration, as loadConfig takes it
 * @returns the exit code: 1 if something must be done first
 * @throws {Error} if the configuration is wrong or still says what must be replaced
 */
export async function doctor(name: string): Promise<number> {
  const config = await completeConfig(name);
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const publicDns = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 2 });
  return examine(planOf(config), { ask: awsCli(config.region), publicDns, print });
}

/** @returns the exit code */
export async function examine(
  plan: Plan,
  { ask, publicDns, print }: { ask: Ask; publicDns: PublicDns; print: (line: string) => void },
): Promise<number> {
  const counts = { ok: 0, 'to do': 0, 'not checked': 0 };
  const tell = async (title: string, verdicts: ReturnType<typeof verdictsOf>) => {
    for (const { is, text } of await verdicts) {
      counts[is] += 1;
      print(`${is.padEnd(12)} ${title}: ${text}`);
    }
  };
  const credentials = account(plan, ask);
  await tell(credentials.title, verdictsOf(credentials));
  if (counts.ok === 1) {
    const asked = checksOf(plan, ask, publicDns).map((check) => ({ check, verdicts: verdictsOf(check) }));
    for (const { check, verdicts } of asked) await tell(check.title, verdicts);
  } else {
    counts['not checked'] += 1;
    print('not checked  everything else: it needs the credentials');
  }
  print(`${counts.ok} ok, ${counts['to do']} to do, ${counts['not checked']} not checked`);
  return counts['to do'] > 0 ? 1 : 0;
}

/** In the order in which they are printed. */
export function checksOf(plan: Plan, ask: Ask, publicDns: PublicDns): Check[] {
  return [
    ...bootstrap(plan, ask),
    stacks(plan, ask),
    ...offers(plan, ask),
    ...quotas(plan, ask),
    serviceRoles(plan, ask),
    names(plan, ask),
    ...dns(plan, ask, publicDns),
    ...mail(plan, ask),
    ...source(plan, ask),
  ];
}
