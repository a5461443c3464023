import { z } from 'zod';
import { strings, type Ask } from './aws.ts';
import type { Plan } from './plan.ts';
import { ok, toDo, type Check } from './verdict.ts';

/**
 * Zones in which EKS takes no subnets, by id: the same name is another zone in each account.
 * https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html#cluster-subnets
 */
const REFUSED_BY_EKS = 'use1-az3 usw1-az2 cac1-az3';

interface Offer {
  title: string;
  wanted: string[];
  command: string;
  /** Returns names, or pairs of a name and a list. A pair stands for `NAME ITEM`, for each item. */
  query: string;
  /** What to change if AWS does not offer everything. */
  change: string;
}

const pairs = z.tuple([z.string(), strings]).transform(([name, list]) => list.map((one) => `${name} ${one}`));
const found = z.array(z.union([z.string(), pairs])).transform((all) => all.flat());

/** Whether AWS offers what the templates name: in the zones of the configuration, and in these versions. */
export function offers(plan: Plan, ask: Ask): Check[] {
  const { zones } = plan.config.network;
  return [
    ...[...inZones(plan, zones), ...inVersions(plan)]
      .filter(({ wanted }) => wanted.length > 0)
      .map(({ title, wanted, command, query, change }) => ({
        title,
        run: async () => {
          const offered = await ask(found, command, query);
          const missing = wanted.filter((name) => !offered.includes(name));
          if (missing.length === 0) return ok('offered');
          return toDo(`change ${change} (see aws ${command}): not offered are ${missing.join(', ')}`);
        },
      })),
    ...plan.databases.map((database) => databaseClass(database, zones, ask)),
  ];
}

function inZones({ endpoints, nodeGroups }: Plan, zones: string[]): Offer[] {
  const inEach = (names: string[]) => names.flatMap((name) => zones.map((zone) => `${name} ${zone}`));
  const types = [...new Set(nodeGroups.flatMap(({ InstanceTypes }) => InstanceTypes))];
  return [
    {
      title: `zones ${zones.join(', ')}`,
      wanted: zones,
      command: 'ec2 describe-availability-zones --filters Name=state,Values=available',
      query: `AvailabilityZones[?!contains('${REFUSED_BY_EKS}', ZoneId)].ZoneName`,
      change: `network.zones to zones that exist in this account and that EKS takes, which are not ${REFUSED_BY_EKS}`,
    },
    {
      title: 'interface endpoints',
      wanted: inEach(endpoints),
      command: 'ec2 describe-vpc-endpoint-services',
      query: 'ServiceDetails[].[ServiceName, AvailabilityZones]',
      change: 'network.endpoints or network.zones',
    },
    {
      title: `instance types ${types.join(', ')}`,
      // Each in each zone: EKS may refuse a group for one of its types. https://github.com/eksctl-io/eksctl/issues/6461
      wanted: inEach(types),
      command: `ec2 describe-instance-type-offerings --location-type availability-zone --filters Name=instance-type,Values=${types.join()}`,
      query: "InstanceTypeOfferings[].join(' ', [InstanceType, Location])",
      change: 'instanceTypes or network.zones',
    },
  ];
}

function inVersions({ clusters, addons, databases, builds }: Plan): Offer[] {
  return [
    ...clusters.flatMap(({ Version }) => [
      {
        title: `Kubernetes ${Version}`,
        wanted: [Version],
        command: 'eks describe-cluster-versions',
        query: "clusterVersions[?versionStatus!='UNSUPPORTED'].clusterVersion",
        change: 'KUBERNETES in infra/lib/versions.ts',
      },
      {
        title: 'add-ons',
        wanted: addons.map(({ AddonName, AddonVersion }) => `${AddonName} ${AddonVersion}`),
        command: `eks describe-addon-versions --kubernetes-version ${Version}`,
        query: 'addons[].[addonName, addonVersions[].addonVersion]',
        change: 'ADDONS in infra/lib/versions.ts',
      },
    ]),
    ...databases.map(({ Engine, EngineVersion }) => ({
      title: `${Engine} ${EngineVersion}`,
      wanted: [EngineVersion],
      command: `rds describe-db-engine-versions --engine ${Engine}`,
      query: 'DBEngineVersions[].EngineVersion',
      change: 'ENGINE in infra/lib/data.stack.ts',
    })),
    {
      title: 'images of CodeBuild',
      wanted: [...new Set(builds.map(({ Image }) => Image))],
      command: 'codebuild list-curated-environment-images',
      query: 'platforms[].languages[].images[].name',
      change: 'the images in infra/lib/pipeline',
    },
  ];
}

function databaseClass(database: Plan['databases'][number], zones: string[], ask: Ask): Check {
  const { DBInstanceClass, Engine, EngineVersion, StorageType, MultiAZ } = database;
  const command = `rds describe-orderable-db-instance-options --vpc --engine ${Engine} --engine-version ${EngineVersion} --db-instance-class ${DBInstanceClass}`;
  const query = `OrderableDBInstanceOptions[?StorageType=='${StorageType}' && MultiAZCapable].AvailabilityZones[].Name`;
  const run = async () => {
    const offered = await ask(strings, command, MultiAZ ? query : query.replace(' && MultiAZCapable', ''));
    const usable = zones.filter((zone) => offered.includes(zone));
    const where = `${Engine} ${EngineVersion} on ${StorageType} is offered in ${usable.join(', ') || 'none'} of the zones`;
    // RDS takes any zone of its subnets that has the class, and another zone for the standby.
    if (usable.length >= (MultiAZ ? 2 : 1)) return ok(where);
    return toDo(`change database.instanceType or network.zones (see aws ${command}): ${where}`);
  };
  return { title: DBInstanceClass, run };
}
