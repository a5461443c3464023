import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { describeWithDocker } from '../src/docker.ts';
import { createSchema, type TestSchema } from '../src/mysql.ts';
import { runCommand, startUserManagement } from '../src/process.ts';
import { newUser } from '../src/users.ts';
import { waitFor } from '../src/wait.ts';

// Each command is a process of its own.
jest.setTimeout(180_000);

const AUDIT_KEY = 'sixteen letters or more';

/** The original's table, as far as it is looked at here. */
const JAVA_TABLE = `CREATE TABLE users (username varchar(20) PRIMARY KEY, email varchar(255), enabled bit(1),
  firstname varchar(20), lastname varchar(20), password varchar(255), role varchar(255)) ENGINE=MyISAM`;

describeWithDocker('the commands and the service on MySQL', () => {
  let schema: TestSchema;
  beforeEach(async () => {
    schema = await createSchema();
  });
  afterEach(() => schema.drop());

  const run = (
    entry: Parameters<typeof runCommand>[0],
    words: string[],
    variables: Record<string, string> = {},
    input?: string,
  ): ReturnType<typeof runCommand> =>
    runCommand(
      entry,
      words,
      { ...schema.environment, AUDIT_KEY, MIGRATE_WAIT_SECONDS: '10', ...variables },
      input,
    );
  const expectDone = async (running: ReturnType<typeof runCommand>, output: RegExp): Promise<void> => {
    const result = await running;
    expect(result.output).toMatch(output);
    expect(result.code).toBe(0);
  };

  it.each(['1', '200'])('all work with DB_POOL_SIZE=%s', async (size) => {
    const pool = { DB_POOL_SIZE: size };
    await expectDone(run('migrate', [], pool), /^migrate: ran CreateUsers/);
    await expectDone(run('migrate', [], pool), /^migrate: nothing to do/);
    await expectDone(run('migrate', ['--wait'], pool), /^migrate: the schema is there/);
    const create = ['create', 'anna', '--email', 'anna@example.com'];
    await expectDone(run('admin', create, pool, `${newUser().password}\n`), /^administrator anna created/);
    await expectDone(run('audit', ['id', 'anna'], pool), /^user:[0-9a-f]+\n$/);
    const id = (await run('audit', ['id', 'anna'], pool)).output.trim();
    await expectDone(run('audit', ['who', id], pool), /^anna\n$/);
    await expectDone(run('admin', ['end-logins', 'anna'], pool), /^all tokens of anna end/);

    const service = await startUserManagement({ ...schema.environment, ...pool, OUTBOX_POLL_MS: '10' });
    await waitFor('readiness', async () => (await fetch(`${service.url}/health/ready`)).ok);
    const signUp = (): Promise<Response> =>
      fetch(`${service.url}/user`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(newUser()),
      });
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async (_, i) =>
        i % 2 === 0 ? (await signUp()).status : (await fetch(`${service.url}/users`)).status,
      ),
    );
    await service.process.stop('SIGKILL');
    expect(statuses).toEqual([201, 200, 201, 200, 201, 200, 201, 200]);

    const list = await run('outbox', ['list'], pool);
    expect(list.output.trim().split('\n')).toHaveLength(4);
    await expectDone(run('outbox', ['retry', '--all'], pool), /^0 will be tried again/);
    await expectDone(run('outbox', ['purge', '--state', 'sent'], pool), /^0 deleted/);
  });

  it('take a password with the line end of a Secret, and refuse one with a line break by name', async () => {
    const password = schema.environment.DB_PASSWORD;
    await expectDone(run('migrate', [], { DB_PASSWORD: `${password}\n` }), /^migrate: ran/);
    for (const entry of ['outbox', 'main'] as const) {
      const { code, output } = await run(entry, ['list'], { DB_PASSWORD: `${password}\nx` });
      expect(code).toBe(78);
      expect(output).toMatch(/^wrong configuration:\n {2}DB_PASSWORD: must be one line, /);
      expect(output).not.toContain(password);
    }
  });

  it('say in one line that the database was not migrated', async () => {
    const list = await run('outbox', ['list']);
    expect(list).toEqual({ code: 1, output: 'the schema is not there yet: run the migrate command\n' });
    await schema.connection.query(JAVA_TABLE);
    const java =
      'the table users is still the one of the Java original: run the migrate command, which adopts it';
    expect(await run('admin', ['end-logins', 'anna'])).toEqual({ code: 1, output: `${java}\n` });

    const service = await startUserManagement(schema.environment);
    const refused = await waitFor('the connection', async () => {
      const response = await fetch(`${service.url}/users`);
      const body = (await response.json()) as { code: string };
      return body.code === 'SCHEMA_NOT_READY' && response;
    });
    expect(refused.status).toBe(503);
    // A request's log line is written after its answer.
    await waitFor('the log line', () =>
      Promise.resolve(service.process.output.includes('SCHEMA_NOT_READY GET /usermgmt/users')),
    );
    await service.process.stop();
    const lines = service.process.output.split('\n').map((line) => JSON.parse(line || '{}') as object);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'warn', msg: 'SCHEMA_NOT_READY GET /usermgmt/users', reason: java }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        msg: `the database is not ready (${java}), for 0 s now; trying again every second`,
      }),
    );
  });
});

describe('a command without its database', () => {
  it.each(['127.0.0.1', 'localhost'])('says in one line what is wrong: %s', async (host) => {
    const environment = { DB_HOSTNAME: host, DB_PORT: '1', AUDIT_KEY };
    for (const [entry, words] of [
      ['outbox', ['list']],
      ['admin', ['end-logins', 'anna']],
      ['audit', ['id', 'anna']],
    ] as const) {
      expect(await runCommand(entry, words, environment)).toEqual({
        code: 1,
        output: 'the database does not answer (ECONNREFUSED)\n',
      });
    }
  });
});
