import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import {
  DatabaseUnavailableError,
  duplicateOf,
  isDeadlock,
  isSchemaMismatch,
  isUnavailable,
  SchemaNotReadyError,
  translated,
} from './database-errors.js';

interface DriverFields {
  code?: string;
  fatal?: boolean;
  message?: string;
}

const driverError = ({ message = 'message', ...fields }: DriverFields): Error =>
  Object.assign(new Error(message), fields);
const failed = (fields: DriverFields): QueryFailedError =>
  new QueryFailedError('INSERT', [], driverError(fields));

describe('isUnavailable', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EPIPE',
    'PROTOCOL_CONNECTION_LOST',
    'HANDSHAKE_NO_SSL_SUPPORT',
    'ER_CON_COUNT_ERROR',
    'ER_SERVER_SHUTDOWN',
    'ER_ACCESS_DENIED_ERROR',
    'ER_LOCK_WAIT_TIMEOUT',
    'ER_OPTION_PREVENTS_STATEMENT',
    'SQLITE_BUSY',
  ])('is %s, from the driver or from a statement', (code) => {
    expect(isUnavailable(driverError({ code }))).toBe(true);
    expect(isUnavailable(failed({ code }))).toBe(true);
  });

  it.each([
    { code: 'ANYTHING', fatal: true },
    { message: 'Pool is closed.' },
    { message: "Can't add new command when connection is in closed state" },
  ])('is %j', (fields) => {
    expect(isUnavailable(driverError(fields))).toBe(true);
  });

  it.each([
    { code: 'ER_DUP_ENTRY' },
    { code: 'ER_DATA_TOO_LONG' },
    { code: 'ER_PARSE_ERROR' },
    { code: 'SQLITE_CONSTRAINT_UNIQUE' },
    { message: 'E' },
    {},
  ])('is not %j', (fields) => {
    expect(isUnavailable(driverError(fields))).toBe(false);
    expect(isUnavailable(failed(fields))).toBe(false);
  });

  it.each([undefined, null, 'ECONNREFUSED', 5])('is not %j, thrown by mistake', (thrown) => {
    expect(isUnavailable(thrown)).toBe(false);
  });
});

describe('isSchemaMismatch', () => {
  it.each([
    { code: 'ER_NO_SUCH_TABLE' },
    { code: 'ER_BAD_FIELD_ERROR', message: "Unknown column 'username_key' in 'where clause'" },
    { code: 'SQLITE_ERROR', message: 'no such table: users' },
    { code: 'SQLITE_ERROR', message: 'no such column: username_key' },
    { code: 'SQLITE_ERROR', message: 'table users has no column named username_key' },
  ])('is %j, which callers see as SCHEMA_NOT_READY', (fields) => {
    expect(isSchemaMismatch(failed(fields))).toBe(true);
    const error = translated(failed(fields));
    expect(error).toBeInstanceOf(SchemaNotReadyError);
    expect(error).toMatchObject({ status: 503, code: 'SCHEMA_NOT_READY' });
  });

  it.each([
    { code: 'ER_PARSE_ERROR' },
    { code: 'ER_DUP_ENTRY', message: "Duplicate entry 'no such table' for key 'users.PRIMARY'" },
    { code: 'ECONNREFUSED' },
  ])('is not %j', (fields) => {
    expect(isSchemaMismatch(failed(fields))).toBe(false);
    expect(translated(failed(fields))).not.toBeInstanceOf(SchemaNotReadyError);
  });
});

describe('isDeadlock', () => {
  it('is only what MySQL calls one', () => {
    expect(isDeadlock(failed({ code: 'ER_LOCK_DEADLOCK' }))).toBe(true);
    expect(isDeadlock(failed({ code: 'ER_LOCK_WAIT_TIMEOUT' }))).toBe(false);
    expect(isDeadlock(undefined)).toBe(false);
  });
});

describe('duplicateOf', () => {
  it.each([
    ['ER_DUP_ENTRY', "Duplicate entry 'jane' for key 'users.PRIMARY'", 'username'],
    ['ER_DUP_ENTRY', "Duplicate entry 'a@b.co' for key 'users.users_email_key'", 'email'],
    ['ER_DUP_ENTRY', "Duplicate entry 'users_email_key' for key 'users.PRIMARY'", 'username'],
    ['ER_DUP_ENTRY', "Duplicate entry 'PRIMARY' for key 'users.users_email_key'", 'email'],
    ['SQLITE_CONSTRAINT_PRIMARYKEY', 'UNIQUE constraint failed: users.username_key', 'username'],
    ['SQLITE_CONSTRAINT_UNIQUE', 'UNIQUE constraint failed: users.email_key', 'email'],
  ])('%s %s: %s', (code, message, expected) => {
    expect(duplicateOf(failed({ code, message }))).toBe(expected);
  });

  it('is nothing for any other error', () => {
    expect(duplicateOf(failed({ code: 'ER_DATA_TOO_LONG', message: 'email_key' }))).toBeUndefined();
    expect(duplicateOf(new Error('email_key'))).toBeUndefined();
    expect(duplicateOf(undefined)).toBeUndefined();
  });
});

describe('DatabaseUnavailableError', () => {
  it('asks to come again and keeps its cause to itself', () => {
    const error = new DatabaseUnavailableError(new Error('host 10.0.0.1'));
    expect(error).toMatchObject({
      status: 503,
      code: 'DATABASE_UNAVAILABLE',
      headers: { 'retry-after': '2' },
    });
    expect(error.detail).not.toContain('10.0.0.1');
  });
});
