import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeContract } from '../src/contract.ts';
import { describeWithDocker } from '../src/docker.ts';
import { createSchema, type TestSchema } from '../src/mysql.ts';
import { runCommand } from '../src/process.ts';
import { startProcesses } from '../src/system.ts';

const PASSWORD = 'of-the-application';

/** The variables of a service with a user of its own in a schema, and those of its migration. */
function ownUser({ environment }: TestSchema) {
  const { DB_USERNAME, DB_PASSWORD, ...where } = environment;
  return {
    service: {
      ...where,
      DB_USERNAME: `application_${randomBytes(6).toString('hex')}`,
      DB_PASSWORD: PASSWORD,
    },
    migrate: { DB_ADMIN_USERNAME: DB_USERNAME, DB_ADMIN_PASSWORD: DB_PASSWORD, MIGRATE_WAIT_SECONDS: '0' },
  };
}

describeWithDocker('a database user of its own', () => {
  describeContract(
    'processes that log in as it',
    async () => {
      const schema = await createSchema();
      const database = ownUser(schema);
      const system = await startProcesses({ database });
      return {
        ...system,
        async stop() {
          await system.stop();
          await schema.connection.query(`DROP USER '${database.service.DB_USERNAME}'`);
          await schema.drop();
        },
      };
    },
    60_000,
  );

  let schema: TestSchema;
  let database: ReturnType<typeof ownUser>;
  beforeEach(async () => {
    schema = await createSchema();
    database = ownUser(schema);
  });
  afterEach(async () => {
    await schema.connection.query(`DROP USER IF EXISTS '${database.service.DB_USERNAME}'`);
    await schema.drop();
  });
  const migrate = (words: string[] = []): ReturnType<typeof runCommand> =>
    runCommand('migrate', words, { ...database.service, ...database.migrate });

  it('is what migrate tells of, a line for each step, without a password', async () => {
    const user = database.service.DB_USERNAME;
    const { code, output } = await migrate();
    expect(output).toMatch(
      new RegExp(
        `^migrate: connecting as root, to set up the user ${user}\n` +
          `migrate: the user ${user} was created\nmigrate: ran CreateUsers.+\n$`,
      ),
    );
    expect(code).toBe(0);
    expect((await migrate(['--wait'])).output).toMatch(/^migrate: the schema is there/);
  });

  it('is refused in one line, without a password, while it has rights elsewhere', async () => {
    const user = database.service.DB_USERNAME;
    await schema.connection.query(`CREATE USER '${user}'; GRANT SELECT ON mysql.* TO '${user}'`);
    const { code, output } = await migrate();
    expect(output).toMatch(/\nmigrate: failed: DB_USER_HAS_OTHER_RIGHTS: [^\n]+\n$/);
    expect(output).not.toContain(PASSWORD);
    expect(output).not.toContain(schema.environment.DB_PASSWORD);
    expect(code).toBe(1);
  });
});
