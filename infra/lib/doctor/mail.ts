import { z } from 'zod';
import { strings, type Ask } from './aws.ts';
import type { Plan } from './plan.ts';
import { ok, toDo, type Check } from './verdict.ts';

const account = z.object({
  status: z.string(),
  isEnabled: z.boolean(),
  hasProductionAccess: z.boolean(),
  aDay: z.number(),
  aSecond: z.number(),
});
const QUERY =
  '{status: EnforcementStatus, isEnabled: SendingEnabled, hasProductionAccess: ProductionAccessEnabled, aDay: SendQuota.Max24HourSend, aSecond: SendQuota.MaxSendRate}';

const identities = (ask: Ask, state: 'SendingEnabled' | '!SendingEnabled') =>
  ask(strings, 'sesv2 list-email-identities', `EmailIdentities[?${state}].IdentityName`);

/** Amazon SES: whether the account may send, to whom, and how fast. */
export function mail({ config }: Plan, ask: Ask): Check[] {
  const { identity, from, reportsTo, maxSendRate } = config.mail;
  const page = `https://${config.region}.console.aws.amazon.com/ses/home?region=${config.region}#/account`;
  const run = async () => {
    const found = await ask(account, 'sesv2 get-account', QUERY);
    const rate = `${found.aDay} mails a day, ${found.aSecond} a second`;
    if (!found.isEnabled || found.status === 'SHUTDOWN') {
      return toDo(`do what ${page} says: SES sends nothing (${found.status})`);
    }
    if (maxSendRate > found.aSecond) return toDo(`reduce mail.maxSendRate: the account has ${rate}`);
    if (found.hasProductionAccess) return ok(`${found.status}, ${rate}`);
    const verified = [identity, ...(await identities(ask, 'SendingEnabled'))];
    const unverified = [...new Set([from, reportsTo])].filter(
      (address) => !verified.some((name) => address === name || address.endsWith(`@${name}`)),
    );
    const sandbox = `sandbox: only to verified addresses, ${rate}`;
    if (unverified.length === 0) return ok(`${sandbox}; ask for production access on ${page}`);
    return toDo(
      `ask for production access on ${page}, or aws sesv2 create-email-identity --email-identity ${unverified.join(' (and)')} (${sandbox})`,
    );
  };
  const sender = async () => {
    if ((await identities(ask, 'SendingEnabled')).includes(identity)) return ok(`${identity} is verified`);
    if (!(await identities(ask, '!SendingEnabled')).includes(identity))
      return ok(`the stack mail will create ${identity}`);
    return toDo(
      identity.includes('@')
        ? `confirm the mail that SES has sent to ${identity}`
        : `wait until SES finds the DKIM records of ${identity}, or correct the delegation`,
    );
  };
  return [
    { title: 'SES', run },
    { title: 'sender', run: sender },
  ];
}
