import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import mysql, { type Connection } from 'mysql2/promise';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const COMPOSE_FILE = new URL('../compose.mysql.yml', import.meta.url).pathname;

/** The password of root in the compose file, which is for laptops and tests. */
export const ROOT_PASSWORD = 'local-root-password';

/** A MySQL server that the tests started; its port is also in TEST_MYSQL_PORT. */
export interface MysqlServer {
  port: number;
  /** The name of its compose project. */
  project: string;
  stop(): Promise<void>;
}

/** Starts the compose file's MySQL on a free port, without a disk. */
export async function startMysql(): Promise<MysqlServer> {
  const port = await freePort();
  const project = `usermgmt-test-${randomBytes(4).toString('hex')}`;
  const compose = (...words: string[]): Promise<unknown> =>
    run('docker', ['compose', '-p', project, '-f', COMPOSE_FILE, ...words], {
      env: { ...process.env, TEST_MYSQL_PORT: String(port) },
    });
  const stop = async (): Promise<void> => {
    await compose('down', '-v', '--timeout', '1');
  };
  try {
    await compose('up', '--wait', '--detach');
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  return { port, project, stop };
}

/** Where the run's MySQL listens; undefined when there is no Docker, and MySQL tests are skipped. */
export function testMysqlPort(): number | undefined {
  const port = process.env.TEST_MYSQL_PORT;
  return port === undefined || port === '' ? undefined : Number(port);
}

/** The certificate of the authority that MySQL made for itself at its first start, as PEM. */
export async function testMysqlCa(): Promise<string> {
  const args = ['compose', '-p', process.env.TEST_MYSQL_PROJECT ?? '', 'exec', '-T', 'mysql'];
  return (await run('docker', [...args, 'cat', '/var/lib/mysql/ca.pem'])).stdout;
}

/** An empty schema of the run's MySQL, as the variables by which a service finds it. */
export interface TestSchema {
  environment: {
    DB_HOSTNAME: string;
    DB_PORT: string;
    DB_NAME: string;
    DB_USERNAME: string;
    DB_PASSWORD: string;
  };
  connection: Connection;
  drop(): Promise<void>;
}

/** Makes an empty schema, so that test files that run at once do not see each other. */
export async function createSchema(): Promise<TestSchema> {
  const port = testMysqlPort();
  if (port === undefined) throw new Error('there is no MySQL: run npm test with Docker running');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const connection = await mysql.createConnection({
    host: '127.0.0.1',
    port,
    user: 'root',
    password: ROOT_PASSWORD,
    charset: 'utf8mb4',
    multipleStatements: true,
  });
  await connection.query(`CREATE DATABASE ${name}; USE ${name}`);
  return {
    environment: {
      DB_HOSTNAME: '127.0.0.1',
      DB_PORT: String(port),
      DB_NAME: name,
      DB_USERNAME: 'root',
      DB_PASSWORD: ROOT_PASSWORD,
    },
    connection,
    async drop() {
      await connection.query(`DROP DATABASE ${name}`);
      await connection.end();
    },
  };
}
