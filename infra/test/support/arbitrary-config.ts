import fc from 'fast-check';
import type { z } from 'zod';
import { configSchema, type ConfigInput } from '../../lib/config/config.ts';

/** What a schema of zod says of itself: as much of it as configurations use. */
interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  entries?: Record<string, string>;
  values?: unknown[];
  element?: z.ZodType;
  innerType?: z.ZodType;
  options?: z.ZodType[];
  format?: string;
  checks?: { _zod: { def: Check } }[];
}
interface Check {
  check: string;
  value?: number;
  inclusive?: boolean;
  minimum?: number;
  maximum?: number;
  pattern?: RegExp;
  format?: string;
}

const MOST_NUMBER = 100_000;
const MOST_ITEMS = 3;
/** Of formats whose patterns are no help: what people write. */
const EXAMPLES: Record<string, fc.Arbitrary<string>> = {
  email: fc.constantFrom('me@my.domain', 'no-reply@my.domain', 'first.last+tag@mail.my.domain'),
  hostname: fc.constantFrom('my.domain', 'sub.my.domain', 'other.example', 'ums.my.domain'),
  cidrv4: fc
    .tuple(fc.ipV4(), fc.integer({ min: 8, max: 32 }))
    .map(([address, bits]) => `${address}/${String(bits)}`),
};

/**
 * Values that a schema describes, made from the schema itself: an option that is added to it is tried by itself.
 * Conditions between several values (`refine`) are not looked at.
 *
 * @throws {Error} for a kind of schema that configurations do not use yet
 */
export function arbitraryOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const definition = schema._zod.def as unknown as Definition;
  const checks = (definition.checks ?? []).map(({ _zod }) => _zod.def);
  switch (definition.type) {
    case 'object':
      return fc.record(mapValues(definition.shape ?? {}, arbitraryOf));
    case 'enum':
      return fc.constantFrom(...Object.values(definition.entries ?? {}));
    case 'literal':
      return fc.constantFrom(...(definition.values ?? []));
    case 'boolean':
      return fc.boolean();
    case 'number':
      return numbers(checks);
    case 'string':
      return strings(definition, checks);
    case 'array':
      return fc.uniqueArray(arbitraryOf(definition.element!), {
        minLength: checks.find(({ check }) => check === 'min_length')?.minimum ?? 0,
        maxLength: checks.find(({ check }) => check === 'max_length')?.maximum ?? MOST_ITEMS,
        selector: (value) => JSON.stringify(value),
      });
    case 'optional':
    case 'default':
      return fc.option(arbitraryOf(definition.innerType!), { nil: undefined });
    case 'union':
      return fc.oneof(...(definition.options ?? []).map(arbitraryOf));
    default:
      throw new Error(`no values for a schema of the type ${definition.type}`);
  }
}

function numbers(checks: Check[]): fc.Arbitrary<number> {
  const least = checks.find(({ check }) => check === 'greater_than');
  const most = checks.find(({ check }) => check === 'less_than');
  const min = (least?.value ?? 0) + (least?.inclusive === false ? 1 : 0);
  return fc.integer({ min, max: most?.value ?? MOST_NUMBER });
}

function strings({ format }: Definition, checks: Check[]): fc.Arbitrary<string> {
  const example = EXAMPLES[format ?? ''];
  const patterns = checks.flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern]));
  if (patterns.length === 0) {
    const most = checks.find(({ check }) => check === 'max_length')?.maximum ?? 30;
    return example ?? fc.string({ minLength: 1, maxLength: most });
  }
  const [first, ...others] = patterns;
  return fc.stringMatching(first!).filter((text) => others.every((pattern) => pattern.test(text)));
}

/**
 * Configurations that the schema takes. What two values must have in common is brought into line, as a person does who
 * reads its messages; what it refuses all the same is left out.
 */
export const configurations: fc.Arbitrary<ConfigInput> = arbitraryOf(configSchema)
  .map((value) => inLine(value as ConfigInput))
  .filter((value) => configSchema.safeParse(value).success);

function inLine(config: ConfigInput): ConfigInput {
  const { network, cluster, database, mail, dns, pipeline, region } = config;
  const zoneName = dns && 'my.domain';
  const namespaces = cluster.namespaces.map((namespace, index) => ({
    ...namespace,
    ...(namespace.mailFrom && { mailFrom: zoneName ? `own@${zoneName}` : 'me@my.domain' }),
    name: `${namespace.name.slice(0, namespace.database === 'own' ? 40 : 30).replace(/-$/, '')}${String(index)}`,
  }));
  const first = namespaces[0]!.name;
  const second = namespaces[1]?.name;
  const nodes = <N extends typeof cluster.privateNodes>(group: N): N =>
    group && {
      ...group,
      ...sorted(group.min, group.desired, group.max),
      ...(pipeline && { architecture: pipeline.architecture }),
    };
  return {
    ...config,
    network: { ...network, zones: network.zones.map((_, index) => `${region}${'abc'.charAt(index)}`) },
    cluster: {
      ...cluster,
      namespaces,
      privateNodes: nodes(cluster.privateNodes),
      publicNodes: nodes(cluster.publicNodes),
    },
    database: {
      ...database,
      maxStorageGib: Math.max(database.maxStorageGib, Math.ceil((database.storageGib ?? 20) * 1.1)),
      performanceInsights: database.performanceInsights && !/(micro|small)$/.test(database.instanceType),
    },
    mail: zoneName
      ? { ...mail, identity: zoneName, from: `no-reply@${zoneName}` }
      : { ...mail, identity: 'me@my.domain', from: 'me@my.domain' },
    dns: dns && { ...dns, zoneName: 'my.domain', host: 'ums.my.domain' },
    pipeline: pipeline && {
      ...pipeline,
      production: { ...pipeline.production, namespace: first, host: 'ums.my.domain' },
      staging:
        pipeline.staging && second !== undefined
          ? { ...pipeline.staging, namespace: second, host: 'staging.my.domain' }
          : undefined,
    },
  };
}

function sorted(...sizes: [number, number, number]) {
  const [min = 1, desired = 1, max = 1] = sizes.toSorted((a, b) => a - b);
  return { min, desired, max };
}

function mapValues<T, U>(object: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
