import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '@usermgmt/service-kit/config';
import { migrateSchema } from './migrate-variables.js';

const SERVICE = { DB_HOSTNAME: 'mysql', DB_USERNAME: 'usermgmt', DB_PASSWORD: 'secret' };
/** Any file of one line. */
const ONE_LINE = new URL('../../../../.nvmrc', import.meta.url).pathname;
const ADMIN = { DB_ADMIN_USERNAME: 'dbadmin', DB_ADMIN_PASSWORD: 'secret' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(migrateSchema, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the variables of migrate', () => {
  it.each([
    ['none', {}],
    ['those of the service', SERVICE],
    ['those of the service and an administrator', { ...SERVICE, ...ADMIN }],
  ])('may be %s', (_, environment) => {
    expect(problemsOf(environment)).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'an administrator without a password',
      { ...SERVICE, DB_ADMIN_USERNAME: 'dbadmin' },
      'DB_ADMIN_USERNAME: must be set together with DB_ADMIN_PASSWORD or DB_ADMIN_PASSWORD_FILE',
    ],
    [
      'a password of no administrator',
      { ...SERVICE, DB_ADMIN_PASSWORD: 'secret' },
      'DB_ADMIN_USERNAME: must be set together with DB_ADMIN_PASSWORD or DB_ADMIN_PASSWORD_FILE',
    ],
    [
      'a password in two places',
      { ...SERVICE, ...ADMIN, DB_ADMIN_PASSWORD_FILE: ONE_LINE },
      'DB_ADMIN_PASSWORD_FILE: must not be set beside DB_ADMIN_PASSWORD',
    ],
    [
      'an administrator of the embedded database',
      { DB_PASSWORD: 'secret', ...ADMIN },
      'DB_ADMIN_USERNAME: must not be set without DB_HOSTNAME: the embedded database has no users',
    ],
    [
      'an administrator who is the user of the service, and would lose its rights',
      { ...SERVICE, ...ADMIN, DB_USERNAME: 'dbadmin' },
      'DB_ADMIN_USERNAME: must not be DB_USERNAME, whose password and rights migrate sets',
    ],
    [
      'a name that MySQL does not take for a user',
      { ...SERVICE, ...ADMIN, DB_USERNAME: 'u'.repeat(33) },
      'DB_USERNAME: must have at most 32 characters, as MySQL wants of a new user',
    ],
    [
      'no password for the user of the service',
      { DB_HOSTNAME: 'mysql', DB_USERNAME: 'usermgmt', ...ADMIN },
      'DB_PASSWORD: must be set beside DB_ADMIN_USERNAME, or DB_PASSWORD_FILE: migrate gives it to DB_USERNAME',
    ],
  ])('may not be %s', (_, environment, problem) => {
    expect(problemsOf(environment)).toEqual([problem]);
  });
});
