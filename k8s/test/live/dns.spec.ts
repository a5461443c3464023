import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasCluster } from '../support/cluster.ts';
import { objectsOf } from './support/deploy.ts';
import { hasExternalDns, synchronize } from './support/external-dns.ts';
import { Namespace } from './support/namespace.ts';
import { type DnsRecord, type Route53, startRoute53 } from './support/route53.ts';

const ZONE = 'example.com';
const OWNER = 'usermgmt';
/** An address as the controller makes them: ExternalDNS knows the zones of load balancers by the end of the name. */
const ADDRESS = 'k8s-usermgmt-0123456789.us-east-1.elb.amazonaws.com';

const hasMoto = spawnSync('moto_server', ['--help']).error === undefined;
const hasTools = hasExternalDns && hasMoto;
if (hasCluster && !hasTools)
  process.stderr.write('SKIPPED: records in DNS: external-dns or moto_server is not installed\n');

(hasCluster && hasTools ? describe : describe.skip)('ExternalDNS, with Route 53', () => {
  let namespace: Namespace;
  let route53: Route53;
  beforeAll(async () => {
    namespace = new Namespace('dns');
    namespace.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace.name } }]);
    route53 = await startRoute53(ZONE);
  }, 60_000);
  afterAll(async () => {
    await route53.stop();
    namespace.delete();
  });

  const synchronizeAll = (): void => {
    synchronize({ namespace, url: route53.url, zone: ZONE, owner: OWNER });
  };
  /** The names that point to the load balancer, and those that ExternalDNS says to own. */
  const names = async (): Promise<{ aliases: string[]; owned: string[] }> => {
    const records = await route53.records();
    const of = (type: string, holds: (record: DnsRecord) => boolean): string[] =>
      records.filter((record) => record.type === type && holds(record)).map(({ name }) => name);
    const owned = of('TXT', ({ values }) => values.join().includes(`external-dns/owner=${OWNER}`));
    return {
      aliases: of('A', ({ values }) => values.includes(ADDRESS)).sort(),
      owned: [...new Set(owned.map((name) => name.replace(/^(?:a|aaaa|cname)-/, '')))].sort(),
    };
  };
  const expectNames = async (...expected: string[]): Promise<void> => {
    expect(await names()).toEqual({ aliases: expected, owned: expected });
  };

  it.each([
    ['alb-ssl-external-dns', 'ingress', 'usermgmt-ingress'],
    ['nlb', 'service', 'usermgmt-network-lb'],
  ])(
    'makes, changes and removes the records of %s',
    async (overlay, kind, name) => {
      const object = objectsOf(overlay).find(
        (one) => one.kind.toLowerCase() === kind && one.metadata.name === name,
      )!;
      object.metadata.namespace = namespace.name;
      synchronizeAll();
      await expectNames();

      namespace.apply([object]);
      const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ hostname: ADDRESS }] } } });
      namespace.run(`kubectl patch ${kind} ${name} --subresource=status --type=merge --patch ${status}`);
      synchronizeAll();
      await expectNames('services.example.com', 'ums.example.com');

      for (const key of Object.keys(object.metadata.annotations ?? {}).filter((one) =>
        /external-dns.*hostname/.test(one),
      )) {
        namespace.run(`kubectl annotate ${kind} ${name} ${key}=other.example.com --overwrite`);
      }
      synchronizeAll();
      await expectNames('other.example.com');

      namespace.run(`kubectl delete ${kind} ${name}`);
      synchronizeAll();
      await expectNames();
    },
    60_000,
  );
});
