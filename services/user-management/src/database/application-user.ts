import type { DataSource, QueryRunner } from 'typeorm';
import type { Config } from '../config.js';
import { createDataSource } from './data-source.js';
import { databaseReason } from './database-reason.js';
import { readPassword } from './password-file.js';

/** What the service does in its schema. Tables are made and changed by the administrator, in migrations. */
const RIGHTS = 'SELECT, INSERT, UPDATE, DELETE';
/** All others that exist for a schema: https://dev.mysql.com/doc/refman/8.4/en/grant.html */
const OTHER_RIGHTS =
  'CREATE, DROP, GRANT OPTION, REFERENCES, INDEX, ALTER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, CREATE VIEW, ' +
  'SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, EVENT, TRIGGER';

/** Thrown when the service's user could not be set up. Its message is one line that begins with the code. */
export class ApplicationUserError extends Error {
  constructor(
    readonly code: 'DB_USER_HAS_OTHER_RIGHTS' | 'DB_USER_SETUP_FAILED' | 'DB_USER_CANNOT_LOG_IN',
    explanation: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${explanation}`, options);
    this.name = 'ApplicationUserError';
  }
}

/**
 * Creates the service's user DB_USERNAME, or completes it: with the configured password, with rights on its own schema
 * only, and with TLS required where the service uses TLS. Can be run again, also after it was interrupted. A password that
 * the user had before stays valid until the next change, for instances that have not read the new one yet.
 *
 * @param runner of an administrator who is connected to the schema
 * @param admin the administrator's name
 * @returns what was done, for the operator
 * @throws ApplicationUserError when the user has rights elsewhere (nothing is changed then), MySQL refuses a statement, or
 *   the user cannot log in afterwards
 */
export async function setUpApplicationUser(
  runner: QueryRunner,
  admin: string,
  config: Config,
): Promise<string> {
  const { DB_USERNAME: user, DB_NAME: schema } = config;
  const password = config.DB_PASSWORD ?? readPassword(config.DB_PASSWORD_FILE ?? '');
  const asUser = createDataSource({ ...config, DB_PASSWORD: password, DB_PASSWORD_FILE: undefined });
  const own = `${pattern(schema)}.*`;
  const tls = config.DB_SSL === 'false' ? 'NONE' : 'SSL';
  try {
    const grants = await grantsOf(runner, user);
    const others = grants?.filter((grant) => !isWithin(own, grant)) ?? [];
    if (others.length > 0) {
      throw new ApplicationUserError(
        'DB_USER_HAS_OTHER_RIGHTS',
        `${user} has rights outside of the schema ${schema} (${others.join('; ')}): set another DB_USERNAME, or revoke them`,
      );
    }
    if (!grants) await runner.query("CREATE USER ?@'%' IDENTIFIED BY ?", [user, password]);
    await runner.query(`ALTER USER ?@'%' REQUIRE ${tls}`, [user]);
    await runner.query(`GRANT ${RIGHTS} ON ${own} TO ?@'%'`, [user]);
    await runner.query(`REVOKE IF EXISTS ${OTHER_RIGHTS} ON ${own} FROM ?@'%'`, [user]);
    if (await canLogIn(asUser)) return `the user ${user} ${grants ? 'is as it must be' : 'was created'}`;
    // With CREATE USER an administrator may do this for any user:
    // https://dev.mysql.com/doc/refman/8.4/en/password-management.html#dual-passwords
    await runner.query("ALTER USER ?@'%' IDENTIFIED BY ? RETAIN CURRENT PASSWORD", [user, password]);
    if (await canLogIn(asUser)) return `the user ${user} has a new password; the one before stays valid`;
  } catch (error) {
    if (error instanceof ApplicationUserError) throw error;
    const reason = databaseReason(error, runner.dataSource);
    const explanation = `${admin} cannot set up the user ${user} (${reason})`;
    throw new ApplicationUserError('DB_USER_SETUP_FAILED', explanation, { cause: error });
  }
  throw new ApplicationUserError(
    'DB_USER_CANNOT_LOG_IN',
    `MySQL refuses ${user} with the password that was just set: look for another account of this name (SELECT user, host FROM mysql.user)`,
  );
}

/** The schema as GRANT takes it, where `_` and `%` are wildcards: https://dev.mysql.com/doc/refman/8.4/en/grant.html */
function pattern(schema: string): string {
  return `\`${schema.replaceAll('`', '``').replaceAll(/[_%]/g, String.raw`\$&`)}\``;
}

/** @returns a line of SQL for each grant; undefined if the user does not exist */
async function grantsOf(runner: QueryRunner, user: string): Promise<string[] | undefined> {
  try {
    const rows = (await runner.query("SHOW GRANTS FOR ?@'%'", [user])) as Record<string, string>[];
    return rows.flatMap((row) => Object.values(row));
  } catch (error) {
    if ((error as { code?: string }).code === 'ER_NONEXISTING_GRANT') return undefined;
    throw error;
  }
}

/** Whether a grant, as SHOW GRANTS writes it, is of nothing, or of the own schema. */
function isWithin(own: string, grant: string): boolean {
  const isNothing = grant.startsWith('GRANT USAGE ON *.* TO ') && !grant.endsWith(' WITH GRANT OPTION');
  return isNothing || grant.includes(` ON ${own} TO `);
}

async function canLogIn(dataSource: DataSource): Promise<boolean> {
  try {
    await dataSource.initialize();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'ER_ACCESS_DENIED_ERROR') return false;
    throw error;
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}
