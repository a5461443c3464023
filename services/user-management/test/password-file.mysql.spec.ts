import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { waitFor } from '@usermgmt/testing/wait';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { ready, startApplication, type TestApplication } from './support/application.js';
import { connect, describeOnMysql, migrated, mysqlDatabase, type TestDatabase } from './support/database.js';

const USER = 'rotated';

describeOnMysql('a password in a file', () => {
  let folder: string;
  let file: string;
  let database: TestDatabase;
  let administrator: DataSource;
  let service: TestApplication | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-password-'));
    file = join(folder, 'db-password');
    database = await migrated(await mysqlDatabase());
    administrator = await connect(database);
    await administrator.query(`CREATE USER '${USER}'@'%' IDENTIFIED BY 'the first'`);
    await administrator.query(`GRANT ALL ON ${database.environment.DB_NAME!}.* TO '${USER}'@'%'`);
  });
  afterEach(async () => {
    await service?.app.close();
    service = undefined;
    await administrator.query(`DROP USER '${USER}'@'%'`);
    await administrator.destroy();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  async function start(): Promise<void> {
    const { DB_PASSWORD: _, ...environment } = database.environment;
    service = await startApplication({ ...environment, DB_USERNAME: USER, DB_PASSWORD_FILE: file });
  }

  /** What RDS does: the password changes, and connections may end at any time after that. */
  async function rotate(password: string): Promise<void> {
    await administrator.query(`ALTER USER '${USER}'@'%' IDENTIFIED BY '${password}'`);
    const sessions = await administrator.query<{ id: number }[]>(
      'SELECT id FROM information_schema.processlist WHERE user = ?',
      [USER],
    );
    for (const { id } of sessions) await administrator.query(`KILL ${id}`);
  }

  const status = async (): Promise<number> => (await request(service!.url).get('/usermgmt/users')).status;

  it('is read again for new connections, so that a rotated one needs no new start', async () => {
    writeFileSync(file, 'the first\n');
    await start();
    await ready(service!.url);
    expect(await status()).toBe(200);

    await rotate('the second');
    expect(await status()).toBe(503);
    writeFileSync(file, 'the second\n');
    expect(await status()).toBe(200);
  });

  it('is the last one while the file is being replaced', async () => {
    writeFileSync(file, 'the first');
    await start();
    await ready(service!.url);
    rmSync(file);
    // Its connections end, so that it has to log in again.
    await rotate('the first');
    await waitFor('a new connection', async () => (await status()) === 200, 10_000);
  });

  it('may come after the start', async () => {
    writeFileSync(file, 'too early');
    await start();
    expect(await status()).toBe(503);
    writeFileSync(file, 'the first');
    await ready(service!.url);
    expect(await status()).toBe(200);
  });
});
