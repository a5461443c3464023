import { z } from 'zod';
import { strings, type Ask } from './aws.ts';
import type { Plan } from './plan.ts';
import { ownResources } from './stacks.ts';
import { ok, toDo, type Check, type Verdict } from './verdict.ts';

/** What is used of a quota, and what a deployment adds. */
interface Room {
  used: number;
  added: number;
}

const VCPUS = { ON_DEMAND: ['on-demand vCPUs', 'L-1216C47A'], SPOT: ['spot vCPUs', 'L-34B43A08'] } as const;
/** The instance families of these two quotas: A, C, D, H, I, M, R, T, Z. Others, GPUs for example, have their own. */
const STANDARD = /^(a|c|d|h|i|im|is|m|r|t|z)\d/;

const count = z.number();
const ELB = 'elasticloadbalancing';
const BALANCERS = 'elbv2 describe-load-balancers';

/** Quotas whose use one command counts. The type is that of the templates; without a type a deployment adds one. */
const COUNTED: [
  title: string,
  service: string,
  code: string,
  command: string,
  query: string,
  type?: string,
][] = [
  ['VPCs', 'vpc', 'L-F678F1CE', 'ec2 describe-vpcs', 'length(Vpcs)', 'AWS::EC2::VPC'],
  ['Elastic IPs', 'ec2', 'L-0263D0A3', 'ec2 describe-addresses', 'length(Addresses)', 'AWS::EC2::EIP'],
  ['Application Load Balancers', ELB, 'L-53DA6B97', BALANCERS, "length(LoadBalancers[?Type=='application'])"],
  [
    'Classic Load Balancers',
    ELB,
    'L-E9E9831D',
    'elb describe-load-balancers',
    'length(LoadBalancerDescriptions)',
  ],
  ['Network Load Balancers', ELB, 'L-69A177A2', BALANCERS, "length(LoadBalancers[?Type=='network'])"],
];

/**
 * Whether the account's quotas leave room for what does not exist yet. The codes are those of
 * `aws service-quotas list-aws-default-service-quotas --service-code ec2` (vpc, elasticloadbalancing).
 */
export function quotas(plan: Plan, ask: Ask): Check[] {
  const quota = (title: string, service: string, code: string, room: () => Promise<Room>): Check => ({
    title: `quota of ${title}`,
    run: async () => {
      const command = `service-quotas get-service-quota --service-code ${service} --quota-code ${code}`;
      return fits(service, code, await ask(count, command, 'Quota.Value'), await room());
    },
  });
  const missing = async (type: string): Promise<number> => {
    const made = (await ownResources(plan, ask)).filter((resource) => resource.startsWith(`${type} `));
    return Math.max(0, plan.resources.filter((resource) => resource.type === type).length - made.length);
  };
  const markets = new Set(plan.nodeGroups.map(({ CapacityType }) => CapacityType));
  return [
    ...[...markets].map((market) =>
      quota(VCPUS[market][0], 'ec2', VCPUS[market][1], () => vcpus(plan, market, ask)),
    ),
    ...COUNTED.filter(
      ([title]) => plan.config.cluster.classicLoadBalancers || !title.startsWith('Classic'),
    ).map(([title, service, code, command, query, type]) =>
      quota(title, service, code, async () => ({
        used: await ask(count, command, query),
        added: type === undefined ? 1 : await missing(type),
      })),
    ),
    quota('NAT gateways in a zone', 'vpc', 'L-FE5A380F', async () => ({
      used: await mostNatGateways(plan.config.network.zones, ask),
      added: Math.min(1, await missing('AWS::EC2::NatGateway')),
    })),
    ...builds(plan, ask),
  ];
}

function fits(service: string, code: string, limit: number, { used, added }: Room): Verdict {
  const numbers = `${used} of ${limit} used, ${added} to be added`;
  if (used + added <= limit) return ok(numbers);
  return toDo(
    `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${used + added} (${numbers})`,
  );
}

async function vcpus({ config, nodeGroups }: Plan, market: keyof typeof VCPUS, ask: Ask): Promise<Room> {
  const groups = nodeGroups.filter(({ CapacityType }) => CapacityType === market);
  const types = [...new Set(groups.flatMap(({ InstanceTypes }) => InstanceTypes))];
  const other = types.find((type) => !STANDARD.test(type));
  if (other !== undefined) throw new Error(`${other} has another quota, which the doctor does not know`);
  const known = await ask(
    z.array(z.tuple([z.string(), count])),
    `ec2 describe-instance-types --instance-types ${types.join(' ')}`,
    'InstanceTypes[].[InstanceType, VCpuInfo.DefaultVCpus]',
  );
  const cpusOfType = new Map(known);
  const wanted = groups.map(({ InstanceTypes, ScalingConfig }) => {
    const cpus = InstanceTypes.map((type) => cpusOfType.get(type));
    // Throws if the size of a type is unknown: then it is unknown whether there is room.
    return ScalingConfig.DesiredSize * Math.max(...z.array(count).parse(cpus));
  });
  const running = await ask(
    z.array(
      z.object({ type: z.string(), isSpot: z.boolean(), cores: count, threads: count, cluster: z.string() }),
    ),
    'ec2 describe-instances --filters Name=instance-state-name,Values=pending,running',
    "Reservations[].Instances[].{type: InstanceType, isSpot: InstanceLifecycle=='spot', cores: CpuOptions.CoreCount, threads: CpuOptions.ThreadsPerCore, cluster: (Tags || `[]`)[?Key=='eks:cluster-name'].Value | [0] || ''}",
  );
  const counting = running.filter(
    ({ type, isSpot }) => STANDARD.test(type) && isSpot === (market === 'SPOT'),
  );
  const own = counting.filter(({ cluster }) => cluster === config.cluster.name);
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  const cpusOf = (some: typeof running) => sum(some.map(({ cores, threads }) => cores * threads));
  return { used: cpusOf(counting), added: Math.max(0, sum(wanted) - cpusOf(own)) };
}

async function mostNatGateways(zones: string[], ask: Ask): Promise<number> {
  const pairs = z.array(z.tuple([z.string(), z.string()]));
  const zoneOf = new Map(await ask(pairs, 'ec2 describe-subnets', 'Subnets[].[SubnetId, AvailabilityZone]'));
  const command = 'ec2 describe-nat-gateways --filter Name=state,Values=pending,available,deleting';
  const subnets = await ask(strings, command, 'NatGateways[].SubnetId');
  return Math.max(...zones.map((zone) => subnets.filter((subnet) => zoneOf.get(subnet) === zone).length));
}

/** The concurrency of builds of each kind: a new account may have 0 for some, with which the pipeline cannot run. */
function builds(plan: Plan, ask: Ask): Check[] {
  const kinds = plan.builds.map(({ Type, ComputeType }) => {
    const size = ComputeType.replace('BUILD_GENERAL1_', '');
    return `${Type.replace('_CONTAINER', '')}/${size}`;
  });
  return [...new Set(kinds)].map((kind) => ({
    title: `quota of builds on ${kind}`,
    run: async () => {
      const all = await ask(
        z.array(z.tuple([z.string(), z.string(), count])),
        'service-quotas list-service-quotas --service-code codebuild',
        'Quotas[].[QuotaName, QuotaCode, Value]',
      );
      const name = `concurrently running builds for ${kind} environment`.toLowerCase();
      const found = all.find(([given]) => given.toLowerCase() === name);
      if (!found) throw new Error(`Service Quotas does not have "${name}"`);
      return fits('codebuild', found[1], found[2], { used: 0, added: 1 });
    },
  }));
}
