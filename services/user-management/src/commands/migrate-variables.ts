import { integer, SECRET } from '@usermgmt/service-kit/config';
import { z } from 'zod';
import { configSchema, passwordFile } from '../config.js';

/** https://dev.mysql.com/doc/refman/8.4/en/user-names.html */
const LONGEST_USER_NAME = 32;

/** Also when other variables are wrong, so that all problems are reported at once. */
const always = { when: () => true };

/** What `migrate` reads: the variables of the service, and its own. */
export const migrateSchema = configSchema
  .safeExtend({
    DB_ADMIN_USERNAME: z
      .string()
      .optional()
      .describe('`migrate` only: user that makes the schema and DB_USERNAME; not set: DB_USERNAME migrates'),
    DB_ADMIN_PASSWORD: z
      .string()
      .optional()
      .describe('`migrate` only: password of DB_ADMIN_USERNAME')
      .meta(SECRET),
    DB_ADMIN_PASSWORD_FILE: passwordFile()
      .optional()
      .describe('`migrate` only: file with that password instead, read again for each new connection'),
    MIGRATE_WAIT_SECONDS: integer(0, 3_600)
      .default(120)
      .describe(
        '`migrate` only: how long to wait for a database that is not up yet; with `--wait`, for its schema, too',
      ),
  })
  .refine(({ DB_ADMIN_PASSWORD: text, DB_ADMIN_PASSWORD_FILE: file }) => !text || !file, {
    path: ['DB_ADMIN_PASSWORD_FILE'],
    error: 'must not be set beside DB_ADMIN_PASSWORD',
    ...always,
  })
  .refine(
    ({ DB_ADMIN_USERNAME: name, DB_ADMIN_PASSWORD: text, DB_ADMIN_PASSWORD_FILE: file }) =>
      (name === undefined) === (text === undefined && file === undefined),
    {
      path: ['DB_ADMIN_USERNAME'],
      error: 'must be set together with DB_ADMIN_PASSWORD or DB_ADMIN_PASSWORD_FILE',
      ...always,
    },
  )
  .refine(({ DB_ADMIN_USERNAME: name, DB_HOSTNAME }) => name === undefined || DB_HOSTNAME !== undefined, {
    path: ['DB_ADMIN_USERNAME'],
    error: 'must not be set without DB_HOSTNAME: the embedded database has no users',
    ...always,
  })
  .refine(({ DB_ADMIN_USERNAME: name, DB_USERNAME }) => name === undefined || name !== DB_USERNAME, {
    path: ['DB_ADMIN_USERNAME'],
    error: 'must not be DB_USERNAME, whose password and rights migrate sets',
    ...always,
  })
  .refine(
    ({ DB_ADMIN_USERNAME: name, DB_USERNAME }) =>
      name === undefined || DB_USERNAME.length <= LONGEST_USER_NAME,
    {
      path: ['DB_USERNAME'],
      error: `must have at most ${LONGEST_USER_NAME} characters, as MySQL wants of a new user`,
      ...always,
    },
  )
  .refine(
    ({ DB_ADMIN_USERNAME: name, DB_PASSWORD: text, DB_PASSWORD_FILE: file }) =>
      name === undefined || text !== undefined || file !== undefined,
    {
      path: ['DB_PASSWORD'],
      error: 'must be set beside DB_ADMIN_USERNAME, or DB_PASSWORD_FILE: migrate gives it to DB_USERNAME',
      ...always,
    },
  );

/** The parsed variables of `migrate`. */
export type MigrateConfig = Readonly<z.infer<typeof migrateSchema>>;
