import { readFileSync } from 'node:fs';
import { auditVariables } from '@usermgmt/service-kit/audit/audit.variables';
import { ALWAYS, checkJwt, checkMode } from '@usermgmt/service-kit/auth/auth.variables';
import { commonVariables, flag, hostname, integer, SECRET } from '@usermgmt/service-kit/config';
import { fetchHost, fetchPort } from '@usermgmt/service-kit/fetch-target';
import { limitUnlessOpen, protectionVariables } from '@usermgmt/service-kit/protection/protection.variables';
import { problemOfText, withoutLineEnds } from '@usermgmt/service-kit/variable-text';
import { tracingVariables } from '@usermgmt/service-kit/tracing/tracing.variables';
import { z } from 'zod';
import { authVariables, checkLocal } from './auth/auth.variables.js';

/** Sign-ups an hour from one address to one instance, unless the configuration says otherwise. */
const SIGN_UP_LIMIT_PER_HOUR = 60;

/** Every variable that the service and its commands read; the names of the Java original keep their meaning. */
export const configSchema = z
  .object({
    PORT: integer(0, 65_535).default(8095).describe('Port to listen on'),
    DB_HOSTNAME: hostname()
      .optional()
      .describe('MySQL server; not set: an embedded SQLite file, which production refuses'),
    DB_PORT: integer(1, 65_535).default(3306).describe('Port of the MySQL server'),
    DB_NAME: z.string().max(64, 'must have at most 64 characters').default('usermgmt').describe('Schema'),
    DB_USERNAME: z.string().default('root').describe('User of the MySQL server'),
    DB_PASSWORD: z.string().optional().describe('Password of that user').meta(SECRET),
    DB_PASSWORD_FILE: passwordFile()
      .optional()
      .describe('File with that password instead, read again for each new connection'),
    DB_SSL: z
      .enum(['false', 'true', 'verify-ca'], { error: 'must be false, true or verify-ca' })
      .default('false')
      .describe('TLS to MySQL: `true` checks certificate and name, `verify-ca` the certificate only'),
    DB_SSL_CA: z
      .string()
      .refine(isPemFile, 'must be the path of a readable PEM file with certificates')
      .optional()
      .describe('File with the PEM certificates to trust; not set: the bundle of Amazon RDS'),
    DB_SSL_SERVERNAME: hostname()
      .optional()
      .describe('Name that the certificate must carry, if DB_HOSTNAME is an alias of it'),
    DB_POOL_SIZE: integer(1, 200).default(10).describe('Most connections to MySQL that are open at once'),
    SQLITE_FILE: z
      .string()
      .default('.data/usermgmt.sqlite')
      .describe('The embedded database, without DB_HOSTNAME'),
    NOTIFICATION_SERVICE_HOST: fetchHost().default('localhost').describe('Host of the notification service'),
    NOTIFICATION_SERVICE_PORT: fetchPort().default(8096).describe('Port of the notification service'),
    NOTIFICATION_TOKEN_FILE: z
      .string()
      .optional()
      .describe(
        'File with the token that notification wants, read again as it is replaced; not set: with AUTH_MODE=local one of this service, otherwise none',
      ),
    LEGACY_WRITING_GETS: flag()
      .default(false)
      .describe('`true`: GET /status/{username} and GET /user/activate/{username} write, as they once did'),
    ...authVariables,
    SIGN_UP_LIMIT_PER_HOUR: integer(0, 1_000_000)
      .optional()
      .describe(
        `Most sign-ups an hour from one address to one instance; 0: any. Not set: ${SIGN_UP_LIMIT_PER_HOUR}, with AUTH_MODE=none any`,
      ),
    LOGIN_LIMIT_PER_MINUTE: integer(0, 1_000_000)
      .default(60)
      .describe(
        '`local`: most requests for tokens, and most wrong client secrets, a minute from one address to one instance; 0: any',
      ),
    LOGIN_LIMIT_PER_ACCOUNT: integer(0, 1_000_000)
      .default(30)
      .describe(
        '`local`: most wrong passwords a minute for one account from addresses it was not logged in from; 0: any',
      ),
    LOGIN_DELAY_MAX_SECONDS: integer(0, 3_600)
      .default(60)
      .describe(
        '`local`: longest wait after wrong passwords for an account: 1 s after the third, then doubled',
      ),
    OUTBOX_POLL_MS: integer(10, 60_000)
      .default(1_000)
      .describe('How often the relay looks for mails left over'),
    OUTBOX_MAX_ATTEMPTS: integer(1, 1_000)
      .default(100)
      .describe(
        'After how many failed attempts (the later ones 5 min apart at most) a mail is parked as dead',
      ),
    OUTBOX_RETENTION_HOURS: integer(0, 8_760).default(24).describe('How long sent mails stay in the outbox'),
    METRICS_PORT: integer(0, 65_535).default(9095).describe('Port of /metrics; 0: no metrics'),
    ...commonVariables,
    ...protectionVariables,
    ...auditVariables,
    ...tracingVariables('usermanagement-microservice'),
  })
  .refine(
    ({ DB_PASSWORD, DB_PASSWORD_FILE }) => DB_PASSWORD === undefined || DB_PASSWORD_FILE === undefined,
    {
      path: ['DB_PASSWORD_FILE'],
      error: 'must not be set beside DB_PASSWORD',
      when: () => true,
    },
  )
  .refine(({ NODE_ENV, DB_HOSTNAME }) => NODE_ENV !== 'production' || DB_HOSTNAME !== undefined, {
    path: ['DB_HOSTNAME'],
    error: 'must be set when NODE_ENV is production: the embedded database is for laptops',
    // Also when other variables are wrong, so that all problems are reported at once.
    when: () => true,
  });

/** What the service, other than its commands, needs besides: to know who gets in. */
export const serviceSchema = configSchema
  .superRefine(checkMode, ALWAYS)
  .superRefine(checkJwt, ALWAYS)
  .superRefine(checkLocal, ALWAYS);

export type Config = Readonly<z.infer<typeof configSchema>>;

/** Injection token of the parsed {@link Config}. */
export const CONFIG = Symbol('Config');

/** The path of a readable file that holds a password. */
export function passwordFile(): z.ZodType<string> {
  return z.string().refine(hasOneLine, 'must be the path of a readable file with the password in one line');
}

function isPemFile(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes('-----BEGIN CERTIFICATE-----');
  } catch {
    return false;
  }
}

function hasOneLine(path: string): boolean {
  try {
    return problemOfText(withoutLineEnds(readFileSync(path, 'utf8')), 'secret') === undefined;
  } catch {
    return false;
  }
}

/** How many sign-ups an hour one address may try; 0: any number. */
export function signUpLimit(config: Config): number {
  return config.SIGN_UP_LIMIT_PER_HOUR ?? limitUnlessOpen(config, SIGN_UP_LIMIT_PER_HOUR);
}
