import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasCluster } from '../support/cluster.ts';
import { objectsOf } from './support/deploy.ts';
import { Namespace } from './support/namespace.ts';
import { type DnsRecord, type Route53, startRoute53 } from './support/route53.ts';

const ZONE = 'example.com';
const OWNER = 'usermgmt';
/** An address as the controller makes them: ExternalDNS knows the zones of load balancers by the end of the name. */
const ADDRESS = 'k8s-usermgmt-0123456789.us-east-1.elb.amazonaws.com';

const isThere = (program: string): boolean => spawnSync(program, ['--help']).error === undefined;
const hasTools = ['external-dns', 'moto_server'].every(isThere);
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

  /** One round of it, with the arguments of the add-on, and another one if it fails, as its loop makes them. */
  const synchronize = (left = 2): void => {
    const words = [
      ...['--once', '--provider=aws', '--policy=sync', '--registry=txt', `--txt-owner-id=${OWNER}`],
      ...['--source=service', '--source=ingress', `--domain-filter=${ZONE}`, `--namespace=${namespace.name}`],
      `--kubeconfig=${namespace.kubeconfig}`,
    ];
    const { status, stderr } = spawnSync('external-dns', words, {
      encoding: 'utf8',
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: route53.url,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      },
    });
    if (status === 0) return;
    if (left === 0) throw new Error(`external-dns: ${stderr}`);
    synchronize(left - 1);
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
      synchronize();
      await expectNames();

      namespace.apply([object]);
      const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ hostname: ADDRESS }] } } });
      namespace.run(`kubectl patch ${kind} ${name} --subresource=status --type=merge --patch ${status}`);
      synchronize();
      await expectNames('services.example.com', 'ums.example.com');

      for (const key of Object.keys(object.metadata.annotations ?? {}).filter((one) =>
        /external-dns.*hostname/.test(one),
      )) {
        namespace.run(`kubectl annotate ${kind} ${name} ${key}=other.example.com --overwrite`);
      }
      synchronize();
      await expectNames('other.example.com');

      namespace.run(`kubectl delete ${kind} ${name}`);
      synchronize();
      await expectNames();
    },
    60_000,
  );
});
