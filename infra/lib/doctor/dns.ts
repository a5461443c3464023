import type { Resolver } from 'node:dns/promises';
import { z } from 'zod';
import type { DnsConfig } from '../config/dns.ts';
import { orIf, strings, type Ask } from './aws.ts';
import type { Plan } from './plan.ts';
import { ownResources } from './stacks.ts';
import { ok, toDo, type Check, type Verdict } from './verdict.ts';

/** Names in a CAA record with which Amazon may issue certificates: https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html */
const AMAZON = ['amazon.com', 'amazontrust.com', 'awstrust.com', 'amazonaws.com'];
const CERTIFICATE = 'AWS::CertificateManager::Certificate ';

const zone = z.object({ name: z.string(), isPrivate: z.boolean(), servers: strings.nullable() });

/** What is asked of public DNS. */
export type PublicDns = Pick<Resolver, 'resolveNs' | 'resolveCaa'>;

/** The hosted zone, whether public DNS leads to it, and the certificate for its names. */
export function dns(plan: Plan, ask: Ask, publicDns: PublicDns): Check[] {
  const { dns: config } = plan.config;
  if (!config) return [];
  return [
    { title: 'hosted zone', run: () => hostedZone(config, ask) },
    { title: 'delegation', run: () => delegation(config, ask, publicDns) },
    { title: 'certificate', run: () => certificate(plan, config.zoneName, ask, publicDns) },
  ];
}

const zoneOf = ({ zoneId }: DnsConfig, ask: Ask) =>
  ask(
    zone,
    `route53 get-hosted-zone --id ${zoneId}`,
    '{name: HostedZone.Name, isPrivate: HostedZone.Config.PrivateZone, servers: DelegationSet.NameServers}',
  );

async function hostedZone(config: DnsConfig, ask: Ask): Promise<Verdict> {
  const wrong = (reason: string) =>
    `correct dns, see aws route53 list-hosted-zones-by-name --dns-name ${config.zoneName}: ${config.zoneId} ${reason}`;
  return zoneOf(config, ask).then(
    ({ name, isPrivate }) => {
      if (withoutDot(name) !== config.zoneName) return toDo(wrong(`is the zone ${withoutDot(name)}`));
      return isPrivate ? toDo(wrong('is private')) : ok(`${config.zoneName} is ${config.zoneId}`);
    },
    orIf('NoSuchHostedZone', wrong('does not exist')),
  );
}

async function delegation(config: DnsConfig, ask: Ask, publicDns: PublicDns): Promise<Verdict> {
  const { servers } = await zoneOf(config, ask);
  if (servers === null) throw new Error(`Route 53 names no servers of ${config.zoneId}`);
  const wanted = servers.map(withoutDot).sort().join(', ');
  const found = (await recordsOf(publicDns.resolveNs(config.zoneName))).map(withoutDot).sort().join(', ');
  if (found === wanted) return ok(found);
  return toDo(
    `set the name servers of ${config.zoneName} at its registrar (or NS records in the zone above) to ${wanted}; public DNS has ${found || 'none'}`,
  );
}

async function certificate(plan: Plan, zoneName: string, ask: Ask, publicDns: PublicDns): Promise<Verdict> {
  const made = (await ownResources(plan, ask)).find((resource) => resource.startsWith(CERTIFICATE));
  if (made === undefined) return mayBeIssued(zoneName, publicDns);
  const arn = made.slice(CERTIFICATE.length);
  const status = await ask(
    z.string(),
    `acm describe-certificate --certificate-arn ${arn}`,
    'Certificate.Status',
  );
  if (status === 'ISSUED') return ok(`${arn} is issued`);
  return toDo(
    `correct the delegation or the CAA records, and deploy the stack dns again: ${arn} is ${status}`,
  );
}

/** The nearest name that has CAA records decides: https://www.rfc-editor.org/rfc/rfc8659#section-3 */
async function mayBeIssued(zoneName: string, publicDns: PublicDns): Promise<Verdict> {
  for (let name = zoneName; name !== ''; name = name.split('.').slice(1).join('.')) {
    const records = await recordsOf(publicDns.resolveCaa(name));
    if (records.length === 0) continue;
    const issue = records.flatMap((record) => record.issue ?? []);
    const wild = records.flatMap((record) => record.issuewild ?? []);
    const excludes = (issuers: string[]) =>
      issuers.length > 0 && !issuers.some((issuer) => AMAZON.includes(issuer.replace(/;.*/, '').trim()));
    // The certificate is for the zone's own name and for a wildcard in it.
    if (excludes(issue) || excludes(wild.length > 0 ? wild : issue)) {
      return toDo(
        `add amazon.com to the CAA records of ${name}, for issue and for issuewild if that is there`,
      );
    }
    return ok(`to be created; the CAA records of ${name} include Amazon`);
  }
  return ok('to be created; there are no CAA records');
}

/** @throws {Error} if DNS does not answer. That a name or record does not exist is an answer. */
async function recordsOf<T>(answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
    throw new Error(`public DNS does not answer (${code})`, { cause: error });
  }
}

const withoutDot = (name: string) => name.replace(/\.$/, '').toLowerCase();
