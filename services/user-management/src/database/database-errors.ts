import { UnavailableError } from '@usermgmt/service-kit/app-error';
import { QueryFailedError } from 'typeorm';

/** The database is down, too slow or too busy; nothing of the request was kept, unless a commit's answer was lost. */
export class DatabaseUnavailableError extends UnavailableError {
  constructor(cause?: unknown) {
    super('DATABASE_UNAVAILABLE', 'The database does not answer; try again', { retryAfterSeconds: 2, cause });
    this.name = 'DatabaseUnavailableError';
  }
}

/** The database answers, but has not the tables that this version needs: `migrate` was not run, or is at work. */
export class SchemaNotReadyError extends UnavailableError {
  /** @param cause tells what is missing, for the log */
  constructor(cause: unknown) {
    super('SCHEMA_NOT_READY', 'The database is not ready for this version yet; try again', {
      retryAfterSeconds: 5,
      cause,
    });
    this.name = 'SchemaNotReadyError';
  }
}

interface DriverError {
  code?: string;
  errno?: number;
  message?: string;
  fatal?: boolean;
}

const driverErrorOf = (error: unknown): DriverError =>
  ((error instanceof QueryFailedError ? error.driverError : error) ?? {}) as DriverError;

/** MySQL's words for "not now": https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
const NOT_NOW = new Set([
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED',
  'ER_SERVER_SHUTDOWN',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_QUERY_INTERRUPTED',
  'ER_QUERY_TIMEOUT',
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'SQLITE_BUSY',
  'SQLITE_FULL',
  'SQLITE_READONLY',
  'SQLITE_IOERR',
]);

/** Whether the database could not do its work, as opposed to having refused a statement. */
export function isUnavailable(error: unknown): boolean {
  const { code = '', fatal, message = '' } = driverErrorOf(error);
  if (fatal === true || NOT_NOW.has(code)) return true;
  return (
    /^(?:E[A-Z]+|PROTOCOL_[A-Z_]+|HANDSHAKE_[A-Z_]+)$/.test(code) ||
    /pool is closed|closed state/i.test(message)
  );
}

/** Whether a table or a column is missing, as before `migrate` was run. */
export function isSchemaMismatch(error: unknown): boolean {
  const { code = '', message = '' } = driverErrorOf(error);
  if (code === 'ER_NO_SUCH_TABLE' || code === 'ER_BAD_FIELD_ERROR') return true;
  // Messages of MySQL may quote a value.
  return !code.startsWith('ER_') && /no such (?:table|column)|has no column named/.test(message);
}

/** What callers are to see of an error of the driver: "not now", or the error itself if it is about the statement. */
export function translated(error: unknown): unknown {
  if (error instanceof UnavailableError) return error;
  if (isSchemaMismatch(error)) return new SchemaNotReadyError(error);
  return isUnavailable(error) ? new DatabaseUnavailableError(error) : error;
}

/** Whether the same transaction may succeed when it is run again at once. */
export function isDeadlock(error: unknown): boolean {
  return driverErrorOf(error).code === 'ER_LOCK_DEADLOCK';
}

/** Which unique index refused a row: `'email'`, `'username'`, or undefined for any other error. */
export function duplicateOf(error: unknown): 'username' | 'email' | undefined {
  const { code = '', message = '' } = driverErrorOf(error);
  if (code !== 'ER_DUP_ENTRY' && !code.startsWith('SQLITE_CONSTRAINT')) return undefined;
  // The message also quotes the value, so only the index's name at its end may decide.
  return /email_key'?$/.test(message) ? 'email' : 'username';
}
