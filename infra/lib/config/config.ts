import { z } from 'zod';
import { areDifferent } from './different.ts';
import { clusterSchema } from './cluster.ts';
import { databaseSchema } from './database.ts';
import { dnsSchema } from './dns.ts';
import { isOfIdentity, mailSchema } from './mail.ts';
import { monitoringSchema } from './monitoring.ts';
import { pipelineSchema } from './pipeline.ts';

/** Accounts, names and addresses that are kept for documentation: the examples have them, and cannot be deployed. */
const DOCUMENTATION =
  /111122223333|123456789012|\bexample\.(com|net|org)$|^192\.0\.2\.|(^|,)198\.51\.100\.|(^|,)203\.0\.113\./;

/**
 * The regions in which CloudFormation has every resource type of the stacks; elsewhere it lacks Budgets, SES or
 * CodeStarNotifications. The CDK checks it at each synthesis (rule F3006).
 */
const REGIONS = [
  ...['ap-northeast-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'ca-central-1'],
  ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'me-south-1', 'sa-east-1'],
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
];

const endpoints = ['ecr', 's3', 'sts', 'logs', 'ses', 'secrets-manager'] as const;

/** How many zones a network may have. */
export const MOST_ZONES = 3;

const networkSchema = z.strictObject({
  /**
   * A private network with 16 bits, the most that a VPC has: the subnets need a third of it.
   * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
   */
  cidr: z
    .string()
    .regex(
      /^(10\.(1?\d?\d|2[0-4]\d|25[0-5])|172\.(1[6-9]|2\d|3[01])|192\.168)\.0\.0\/16$/,
      'a private network with 16 bits, e.g. 10.0.0.0/16',
    )
    .default('10.0.0.0/16'),
  /** Two or three different ones of the region, e.g. `us-east-1a`. */
  zones: z
    .array(z.string().regex(/^[a-z0-9-]+\d[a-z]$/, 'a zone looks like us-east-1a'))
    .min(2)
    .max(MOST_ZONES)
    .refine(areDifferent, 'the same zone twice'),
  /** `one`: cheap, and gone with its zone. */
  natGateways: z.enum(['one', 'one-a-zone']),
  /** Services that are reached without NAT. S3 is free, each other one is billed by the hour and zone. */
  endpoints: z.array(z.enum(endpoints)).refine(areDifferent, 'the same service twice').default(['s3']),
});

/** What {@link ConfigInput} is checked by. */
export const configSchema = z
  .strictObject({
    /** The first part of every stack's name. */
    name: z
      .string()
      // It is the first part of the database's name too, which has no two hyphens in a row:
      // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
      .regex(
        /^[a-z](-?[a-z0-9]){1,20}$/,
        'small letters, digits and single hyphens, 2 to 21, the first a letter',
      )
      .max(21),
    account: z.string().regex(/^\d{12}$/, 'an account has twelve digits'),
    region: z.enum(REGIONS, `not one of the regions that have all services: ${REGIONS.join(', ')}`),
    /** `keep`: data outlives its stack, and nothing that holds data can be deleted by mistake. */
    data: z.enum(['keep', 'throw-away']),
    /** For how long every log group keeps what it gets. */
    keepLogs: z.enum(['a week', 'a month', 'three months', 'a year']),
    network: networkSchema,
    cluster: clusterSchema,
    database: databaseSchema,
    mail: mailSchema,
    dns: dnsSchema.optional(),
    monitoring: monitoringSchema,
    pipeline: pipelineSchema.optional(),
  })
  .superRefine((config, context) => {
    for (const [index, zone] of config.network.zones.entries()) {
      if (zone.slice(0, -1) !== config.region) {
        context.addIssue({
          code: 'custom',
          path: ['network', 'zones', index],
          message: `${zone} is not in ${config.region}`,
        });
      }
    }
    const { pipeline, cluster } = config;
    for (const stage of ['staging', 'production'] as const) {
      const namespace = pipeline?.[stage]?.namespace;
      if (namespace !== undefined && !cluster.namespaces.some(({ name }) => name === namespace)) {
        const path = ['pipeline', stage, 'namespace'];
        context.addIssue({ code: 'custom', path, message: `${namespace} is not one of cluster.namespaces` });
      }
    }
    if (pipeline?.staging?.namespace === pipeline?.production.namespace && pipeline) {
      const message = 'staging and production are the same namespace';
      context.addIssue({ code: 'custom', path: ['pipeline', 'staging', 'namespace'], message });
    }
    for (const nodes of [cluster.privateNodes, cluster.publicNodes]) {
      if (pipeline && nodes && nodes.architecture !== pipeline.architecture) {
        const message = `images for ${pipeline.architecture} do not run on nodes of ${nodes.architecture}`;
        context.addIssue({ code: 'custom', path: ['pipeline', 'architecture'], message });
      }
    }
    for (const [index, { mailFrom }] of cluster.namespaces.entries()) {
      if (mailFrom === undefined || isOfIdentity(mailFrom, config.mail.identity)) continue;
      const path = ['cluster', 'namespaces', index, 'mailFrom'];
      context.addIssue({ code: 'custom', path, message: `${mailFrom} is not of ${config.mail.identity}` });
    }
    const { identity } = config.mail;
    if (!identity.includes('@') && identity !== config.dns?.zoneName) {
      context.addIssue({
        code: 'custom',
        path: ['mail', 'identity'],
        message: `${identity} is not the zone of dns, which gets its DKIM records`,
      });
    }
  });

/** What a file in config/ may say. */
export type ConfigInput = z.input<typeof configSchema>;

/** What the stacks are made from: complete, and checked. */
export type Config = z.output<typeof configSchema>;

/**
 * @param input what a file in config/ says
 * @throws {Error} one message that names every wrong or missing value, before anything is made
 */
export function parseConfig(input: unknown): Config {
  const { success, data, error } = configSchema.safeParse(input);
  if (success) return data;
  const lines = error.issues.map(({ path, message }) => `  ${path.join('.') || '(all)'}: ${message}`);
  throw new Error(['The configuration is wrong:', ...lines].join('\n'));
}

/** What stands in a configuration for a value of one's own, and must be replaced before it is deployed. */
export function placeholdersIn(config: Config): string[] {
  const { account, cluster, mail, dns, monitoring, pipeline } = config;
  const values: Record<string, string> = {
    account,
    'cluster.administrators': cluster.administrators.join(),
    'cluster.publicAccess': cluster.publicAccess.join(),
    'mail.identity': mail.identity,
    'mail.reportsTo': mail.reportsTo,
    'dns.zoneName': dns?.zoneName ?? '',
    'monitoring.alertsTo': monitoring.alertsTo,
    'pipeline.source': pipeline?.source.kind === 'github' ? pipeline.source.connectionArn : '',
    'pipeline.approvedBy': pipeline?.approvedBy ?? '',
  };
  return Object.keys(values).filter((name) => DOCUMENTATION.test(values[name] ?? ''));
}
