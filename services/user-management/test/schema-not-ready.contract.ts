import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { migrations } from '../src/database/migrations/index.js';
import { ready, startApplication, type TestApplication } from './support/application.js';
import { connect, migrated, type TestDatabase } from './support/database.js';
import type { MakeDatabase } from './support/open-database.js';
import { UsersApi } from './support/users-api.js';

const NEWEST = migrations.at(-1)!.name;

/** The statements that leave a database in a state, and what is told of it. */
export type SchemaState = readonly [state: string, statements: readonly string[], reason: RegExp];

/** States that both databases can have, made from a migrated one. */
export const SCHEMA_STATES: readonly SchemaState[] = [
  [
    'an older version',
    [`DELETE FROM migrations WHERE name = '${NEWEST}'`, 'DROP TABLE refresh_tokens'],
    new RegExp(`^the schema is of an older version, without ${NEWEST}: run the migrate command$`),
  ],
  ['half-migrated', ['DELETE FROM migrations', 'DROP TABLE outbox'], /^the schema is not complete, /],
  [
    'empty but for the list of migrations',
    ['DELETE FROM migrations', 'DROP TABLE users', 'DROP TABLE outbox', 'DROP TABLE refresh_tokens'],
    /^the schema is not there yet: run the migrate command$/,
  ],
  [
    'the migrations of another program',
    ['DROP TABLE migrations', 'CREATE TABLE migrations (version integer)', 'DROP TABLE users'],
    /^the schema is not there yet: run the migrate command$/,
  ],
];

/** What the service does before `migrate` has brought the database to its version. */
export function describeSchemaNotReady(makeDatabase: MakeDatabase, states: readonly SchemaState[]): void {
  let database: TestDatabase;
  let beside: DataSource;
  let service: TestApplication | undefined;
  beforeEach(async () => {
    database = await makeDatabase();
    service = undefined;
  });
  afterEach(async () => {
    await service?.app.close();
    await beside.destroy();
    await database.drop();
  });

  it.each(states)(
    'refuses with SCHEMA_NOT_READY and is not ready: %s',
    async (_state, statements, reason) => {
      await migrated(database);
      beside = await connect(database);
      for (const statement of statements) await beside.query(statement);
      service = await startApplication(database.environment);
      const { url } = service;
      const users = new UsersApi(url);
      // Until the first connection it is the database that does not answer.
      await waitFor('the connection', async () => {
        const { body } = await users.list();
        return (body as { code?: string }).code === 'SCHEMA_NOT_READY';
      });
      const answers = [
        await users.list(),
        await users.get('jane'),
        await users.signUp(newUser()),
        await users.patch('jane', { enabled: true }),
        await users.delete('jane'),
      ];
      for (const { status, body, headers } of answers) {
        expect([status, body]).toMatchObject([503, { code: 'SCHEMA_NOT_READY' }]);
        expect(headers['retry-after']).toBe('5');
      }
      const health = await request(url).get('/usermgmt/health/ready');
      expect(health.status).toBe(503);
      expect(health.body.details.schema).toEqual({ status: 'down', reason: expect.stringMatching(reason) });
      const dependencies = await request(url).get('/usermgmt/health/dependencies');
      expect(dependencies.body.details.database).toEqual({ status: 'up' });
    },
  );

  it('serves on the schema of a newer version', async () => {
    await migrated(database);
    beside = await connect(database);
    await beside.query(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture')`);
    service = await startApplication(database.environment);
    await ready(service.url);
    await new UsersApi(service.url).list().expect(200);
  });
}
