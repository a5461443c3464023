import { readFileSync } from 'node:fs';
import { auditVariables } from '@usermgmt/service-kit/audit/audit.variables';
import { ALWAYS, checkJwt, checkMode } from '@usermgmt/service-kit/auth/auth.variables';
import { commonVariables, fraction, hostname, integer, SECRET } from '@usermgmt/service-kit/config';
import { emailAddress } from '@usermgmt/service-kit/email-address';
import { protectionVariables } from '@usermgmt/service-kit/protection/protection.variables';
import { tracingVariables } from '@usermgmt/service-kit/tracing/tracing.variables';
import { z } from 'zod';
import { authVariables } from './auth/auth.variables.js';

/** The DI token of a {@link Config}. */
export const CONFIG = Symbol('config');

/** Every variable of the service, in the order of `--help` and the README. */
export const configSchema = z
  .object({
    PORT: integer(1, 65_535).default(8096).describe('Port to listen on'),
    METRICS_PORT: integer(0, 65_535).default(9096).describe('Port of /metrics; 0: no metrics'),
    ...authVariables,
    ...commonVariables,
    ...protectionVariables,
    ...auditVariables,
    ...tracingVariables('notification-microservice'),
    AWS_MAIL_SERVER_FROM_ADDRESS: emailAddress
      .default('no-reply@example.com')
      .describe('Sender of every mail; SES must have verified it or its domain'),
    AWS_MAIL_SERVER_HOST: hostname()
      .optional()
      .describe('SMTP server; set, mail goes there instead of to the SES API'),
    AWS_MAIL_SERVER_PORT: integer(1, 65_535)
      .default(587)
      .describe('Its port; 465 speaks TLS from the start, every other one must offer STARTTLS'),
    AWS_MAIL_SERVER_USERNAME: z.string().optional().describe('SMTP user; only together with the password'),
    AWS_MAIL_SERVER_PASSWORD: z.string().optional().describe('SMTP password, a secret').meta(SECRET),
    AWS_MAIL_SERVER_TLS_SERVERNAME: hostname()
      .optional()
      .describe('Name that the certificate must carry, if AWS_MAIL_SERVER_HOST is an alias of it'),
    AWS_MAIL_SERVER_TLS_CA: pemFile()
      .optional()
      .describe('PEM file with the only CAs to trust for the SMTP server, if it has a private one'),
    AWS_REGION: z
      .string()
      .regex(/^[a-z]{2,3}(?:-[a-z]+)+-\d$/, 'must be the name of a region, such as us-east-1')
      .default('us-east-1')
      .describe('Region of SES'),
    AWS_ENDPOINT_URL_SES: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .optional()
      .describe('SES API to use instead of the one of the region: a VPC endpoint, the local mailbox'),
    SES_CONFIGURATION_SET: z
      .string()
      .regex(/^[\w-]{1,64}$/, 'must have 1 to 64 letters, digits, _ or -')
      .optional()
      .describe('SES configuration set of every mail'),
    SES_MESSAGE_TAGS: messageTags()
      .optional()
      .describe('SES tags of every mail: `service=notification,env=dev`'),
    SES_MAX_SEND_RATE: integer(1, 100_000)
      .optional()
      .describe("Recipients a second of this instance: the account's rate divided by the instances"),
    FAULT_RATE: fraction()
      .default(0)
      .describe('Share of requests to fail on purpose, 0 to 1, to try out a canary; production refuses it'),
  })
  .refine((config) => config.NODE_ENV !== 'production' || !(config.FAULT_RATE > 0), {
    path: ['FAULT_RATE'],
    error: 'must not be set when NODE_ENV is production',
    when: always,
  })
  .refine((config) => !config.AWS_MAIL_SERVER_USERNAME || config.AWS_MAIL_SERVER_PASSWORD, {
    path: ['AWS_MAIL_SERVER_PASSWORD'],
    error: 'must be set if AWS_MAIL_SERVER_USERNAME is',
    when: always,
  })
  .refine((config) => !config.AWS_MAIL_SERVER_PASSWORD || config.AWS_MAIL_SERVER_USERNAME, {
    path: ['AWS_MAIL_SERVER_USERNAME'],
    error: 'must be set if AWS_MAIL_SERVER_PASSWORD is',
    when: always,
  })
  .superRefine(checkMode, ALWAYS)
  .superRefine(checkJwt, ALWAYS);

/** The parsed environment of the service. */
export type Config = Readonly<z.infer<typeof configSchema>>;

/** Lets a rule across variables report besides the rules of single ones, not only after they all hold. */
function always(): boolean {
  return true;
}

/** The content of a PEM file with certificates, given by its path. */
function pemFile(): z.ZodType<string, string> {
  return z.string().transform((path, context) => {
    try {
      const pem = readFileSync(path, 'utf8');
      if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
    } catch {
      // Reported below, like a file without a certificate.
    }
    context.addIssue('must be the path of a readable PEM file with certificates');
    return z.NEVER;
  });
}

/** `name=value,name=value`, in the characters and lengths that SES takes (API reference, MessageTag). */
function messageTags(): z.ZodType<readonly { Name: string; Value: string }[], string> {
  return z
    .string()
    .regex(
      /^[\w-]{1,255}=[\w-]{1,255}(?:,[\w-]{1,255}=[\w-]{1,255})*$/,
      'must be name=value pairs with commas between them, of letters, digits, _ and -',
    )
    .transform((text) =>
      text.split(',').map((pair) => {
        const [Name = '', Value = ''] = pair.split('=');
        return { Name, Value };
      }),
    );
}
