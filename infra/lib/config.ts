import { z } from 'zod';

/** AWS keeps these for documentation: the examples synthesize with them, and cannot be deployed. */
const DOCUMENTATION_ACCOUNTS = ['111122223333', '123456789012'];

const endpoints = ['ecr', 's3', 'sts', 'logs', 'ses', 'secrets-manager'] as const;

const networkSchema = z.strictObject({
  cidr: z.cidrv4().default('10.0.0.0/16'),
  /** Two or three; the first two letters of a zone's name are the region. */
  zones: z.array(z.string()).min(2).max(3),
  /** `one`: cheap, and gone with its zone. */
  natGateways: z.enum(['one', 'one-a-zone']),
  /** Services that are reached without NAT. S3 is free, each other one is billed by the hour and zone. */
  endpoints: z.array(z.enum(endpoints)).default(['s3']),
});

const schema = z
  .strictObject({
    /** The first part of every stack's name. */
    name: z.string().regex(/^[a-z][a-z0-9-]{1,20}$/),
    account: z.string().regex(/^\d{12}$/, 'an account has twelve digits'),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region looks like us-east-1'),
    /** `keep`: data outlives its stack, and nothing that holds data can be deleted by mistake. */
    data: z.enum(['keep', 'throw-away']),
    /** For how long every log group keeps what it gets. */
    keepLogs: z.enum(['ONE_WEEK', 'ONE_MONTH', 'THREE_MONTHS', 'ONE_YEAR']),
    network: networkSchema,
  })
  .superRefine((config, context) => {
    for (const [index, zone] of config.network.zones.entries()) {
      if (!zone.startsWith(config.region)) {
        context.addIssue({
          code: 'custom',
          path: ['network', 'zones', index],
          message: `${zone} is not in ${config.region}`,
        });
      }
    }
  });

/** What a file in config/ may say. */
export type ConfigInput = z.input<typeof schema>;

/** What the stacks are made from: complete, and checked. */
export type Config = z.output<typeof schema>;

/**
 * @param input what a file in config/ says
 * @throws {Error} one message that names every wrong or missing value, before anything is made
 */
export function parseConfig(input: unknown): Config {
  const { success, data, error } = schema.safeParse(input);
  if (success) return data;
  const lines = error.issues.map(({ path, message }) => `  ${path.join('.') || '(all)'}: ${message}`);
  throw new Error(['The configuration is wrong:', ...lines].join('\n'));
}

/** What stands in a configuration for a value of one's own, and must be replaced before it is deployed. */
export function placeholdersIn(config: Config): string[] {
  return DOCUMENTATION_ACCOUNTS.includes(config.account) ? ['account'] : [];
}
