import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithDocker } from '../src/docker.ts';
import { createSchema, testMysqlCa, type TestSchema } from '../src/mysql.ts';
import { runCommand } from '../src/process.ts';

describeWithDocker('TLS to MySQL', () => {
  let schema: TestSchema;
  let folder: string;
  let ca: string;
  /** Migrates as a user whom MySQL lets in over TLS only. */
  const migrate = (variables: Record<string, string>): Promise<{ code: unknown; output: string }> =>
    runCommand('migrate', [], {
      ...schema.environment,
      DB_USERNAME: 'tls_only',
      DB_PASSWORD: 'Tls@1234',
      MIGRATE_WAIT_SECONDS: '0',
      ...variables,
    });

  beforeAll(async () => {
    schema = await createSchema();
    await schema.connection.query(
      `CREATE USER tls_only IDENTIFIED BY 'Tls@1234' REQUIRE SSL;
       GRANT ALL ON ${schema.environment.DB_NAME}.* TO tls_only`,
    );
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
    ca = join(folder, 'ca.pem');
    writeFileSync(ca, await testMysqlCa());
  });
  afterAll(async () => {
    await schema.connection.query('DROP USER tls_only');
    await schema.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is not used unless asked for', async () => {
    expect((await migrate({})).output).toContain('ER_ACCESS_DENIED_ERROR');
  });

  it('trusts only the authorities that it is given', async () => {
    const { code, output } = await migrate({ DB_SSL: 'verify-ca' });
    expect(code).toBe(1);
    expect(output).toMatch(/^migrate: failed: no database after 0 s \(.*\)\n$/);
  });

  it('checks the name with DB_SSL=true', async () => {
    expect((await migrate({ DB_SSL: 'true', DB_SSL_CA: ca })).code).toBe(1);
  });

  it('checks another name than the one that it connects to, if it is told to', async () => {
    const [rows] = await schema.connection.query("SELECT SUBSTRING_INDEX(VERSION(), '-', 1) AS version");
    const [{ version }] = rows as [{ version: string }];
    // What MySQL writes into the certificate that it makes for itself.
    const name = `MySQL_Server_${version}_Auto_Generated_Server_Certificate`;
    const environment = { DB_SSL: 'true', DB_SSL_CA: ca };
    expect((await migrate({ ...environment, DB_SSL_SERVERNAME: 'db.example.com' })).code).toBe(1);
    const { code, output } = await migrate({ ...environment, DB_SSL_SERVERNAME: name });
    expect(output).toMatch(/ran CreateUsers/);
    expect(code).toBe(0);
  });

  it('works with the right authority', async () => {
    const { code, output } = await migrate({ DB_SSL: 'verify-ca', DB_SSL_CA: ca });
    expect(output).toMatch(/migrate: (ran CreateUsers|nothing to do)/);
    expect(code).toBe(0);
  });
});
