import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '@usermgmt/service-kit/config';
import { helpText } from '@usermgmt/service-kit/service';
import { configSchema, isAdminApiOpen } from './config.js';

const load = (environment: Record<string, string>) => loadConfig(configSchema, environment);

/** What is wrong with these variables. */
function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    load(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the configuration', () => {
  it('needs no variable: an embedded database, notification on the same host', () => {
    const config = load({});
    expect(config).toMatchObject({
      PORT: 8095,
      DB_PORT: 3306,
      DB_NAME: 'usermgmt',
      DB_USERNAME: 'root',
      NOTIFICATION_SERVICE_HOST: 'localhost',
      NOTIFICATION_SERVICE_PORT: 8096,
      APP_VERSION: 'V1',
      LEGACY_WRITING_GETS: false,
    });
    expect(config.DB_HOSTNAME).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes the variables of the original', () => {
    const original = {
      DB_HOSTNAME: 'mysql',
      DB_NAME: 'usermgmt',
      DB_USERNAME: 'dbadmin',
      DB_PASSWORD: 'secret',
      NOTIFICATION_SERVICE_HOST: 'notification-clusterip-service',
    };
    expect(load({ ...original, DB_PORT: '3307', NOTIFICATION_SERVICE_PORT: '8097' })).toMatchObject({
      ...original,
      DB_PORT: 3307,
      NOTIFICATION_SERVICE_PORT: 8097,
    });
  });

  it('reads an empty variable as one that is not set', () => {
    expect(load({ PORT: '', DB_HOSTNAME: ' ', OPEN_ADMIN_API: '' })).toEqual(load({}));
  });

  it('reports everything that is wrong at once, by name, without a value', () => {
    const wrong = {
      PORT: 'secret-1',
      DB_HOSTNAME: 'mysql://secret-2',
      DB_PORT: '65536',
      DB_NAME: 'secret'.repeat(11),
      DB_SSL: 'secret-3',
      DB_POOL_SIZE: '0',
      NOTIFICATION_SERVICE_HOST: 'http://secret-4',
      NOTIFICATION_SERVICE_PORT: '-1',
      LEGACY_WRITING_GETS: 'secret-5',
      OPEN_ADMIN_API: 'secret-6',
      OUTBOX_POLL_MS: '9',
      OUTBOX_MAX_ATTEMPTS: '1e3',
      OUTBOX_RETENTION_HOURS: '8761',
      NODE_ENV: 'secret-7',
      HOST: 'secret 8',
      APP_VERSION: 'secret'.repeat(11),
      LOG_LEVEL: 'secret-9',
      SHUTDOWN_DELAY_MS: '0.5',
      SHUTDOWN_DEADLINE_MS: '600001',
    };
    const problems = problemsOf(wrong);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(Object.keys(wrong));
    expect(problems.join('\n')).not.toMatch(/secret|65536|8761|1e3/);
  });

  it('refuses the embedded database in production, also beside other problems', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toEqual([
      expect.stringMatching(/^DB_HOSTNAME: must be set/),
    ]);
    expect(problemsOf({ NODE_ENV: 'production', LOG_LEVEL: 'x' })).toEqual([
      expect.stringMatching(/^LOG_LEVEL: /),
      expect.stringMatching(/^DB_HOSTNAME: must be set/),
    ]);
    expect(problemsOf({ NODE_ENV: 'production', DB_HOSTNAME: 'mysql' })).toEqual([]);
  });

  it.each([
    [{}, true],
    [{ NODE_ENV: 'production', DB_HOSTNAME: 'mysql' }, false],
    [{ NODE_ENV: 'production', DB_HOSTNAME: 'mysql', OPEN_ADMIN_API: 'true' }, true],
    [{ OPEN_ADMIN_API: 'false' }, false],
  ])("opens the administrators' API with %j: %j", (environment, open) => {
    expect(isAdminApiOpen(load(environment as unknown as Record<string, string>))).toBe(open);
  });
});

describe('--help', () => {
  it('tells of every variable what it means and what it is when not set', () => {
    const rows = helpText('usage', configSchema).split('\n');
    for (const name of Object.keys(configSchema.shape)) {
      const row = rows.find((line) => line.startsWith(`  ${name} `));
      expect(row).toMatch(/^ {2}[A-Z0-9_]+ {2,}(?:\S+|\(not set\)) {2,}\S+/);
    }
  });
});
