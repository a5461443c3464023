import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import mysql from 'mysql2';
import { describeWithDocker } from '../src/docker.ts';
import { freePort } from '../src/free-port.ts';
import { createSchema, testMysqlCa, type TestSchema } from '../src/mysql.ts';
import { runCommand, startUserManagement } from '../src/process.ts';
import { waitFor } from '../src/wait.ts';

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
    // Without a name: verify-ca checks none.
    expect(output).toMatch(
      /^migrate: failed: no database after 0 s \(HANDSHAKE_SSL_ERROR: self-signed certificate in certificate chain\)\n$/,
    );
    const named = await migrate({ DB_SSL: 'true', DB_SSL_SERVERNAME: 'db.example.com' });
    expect(named.output).toContain('certificate chain; expected name db.example.com)\n');
  });

  it('checks the name with DB_SSL=true', async () => {
    const { code, output } = await migrate({ DB_SSL: 'true', DB_SSL_CA: ca });
    expect(code).toBe(1);
    expect(output).toMatch(
      /^migrate: failed: no database after 0 s \(HANDSHAKE_SSL_ERROR: the certificate is not for the expected name \S+, but for MySQL_Server_\S+_Auto_Generated_Server_Certificate\)\n$/,
    );
  });

  it('tells the same in every command and in the log of the service', async () => {
    const environment = {
      ...schema.environment,
      DB_SSL: 'true',
      DB_SSL_CA: ca,
      DB_SSL_SERVERNAME: 'db.example.com',
    };
    const reason =
      'HANDSHAKE_SSL_ERROR: the certificate is not for the expected name db.example.com, but for MySQL';
    const list = await runCommand('outbox', ['list'], environment);
    expect(list.code).toBe(1);
    expect(list.output).toContain(`the database does not answer (${reason}`);
    const service = await startUserManagement(environment);
    const report = await fetch(`${service.url}/health/ready`);
    await waitFor('the reason in the log', () => Promise.resolve(service.process.output.includes(reason)));
    await service.process.stop('SIGKILL');
    expect(report.status).toBe(503);
  });

  it('is missed by name where the server has none', async () => {
    const plain = mysql.createServer((connection) => {
      connection.on('error', () => undefined);
      connection.serverHandshake({
        protocolVersion: 10,
        serverVersion: 'without TLS',
        connectionId: 1,
        statusFlags: 2,
        characterSet: 8,
        // Protocol 4.1 and secure authentication, no CLIENT_SSL.
        capabilityFlags: 0x00_00_82_00,
      });
    });
    const port = await freePort();
    plain.listen(port);
    const { output } = await migrate({ DB_PORT: String(port), DB_SSL: 'true' });
    await new Promise<void>((resolve) => {
      plain.close(() => {
        resolve();
      });
    });
    expect(output).toBe(
      'migrate: failed: no database after 0 s (HANDSHAKE_NO_SSL_SUPPORT: the server offers no TLS, which DB_SSL asks for)\n',
    );
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
