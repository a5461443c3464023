import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMysql, testMysqlPort } from '../../src/mysql.ts';
import { startMailbox } from '../../src/process.ts';
import { startIssuer, type TokenIssuer } from '../../src/token-issuer.ts';
import { type Cores, shareCores } from './cores.ts';
import type { Choice } from './plan.ts';
import { fillSchemas } from './schemas.ts';

/** Takes what servers send, and counts it. */
export interface Sink {
  port: number;
  count: number;
}

/** What all servers share while they are measured. */
export interface Site {
  mysqlPort: number;
  /** The schema of each variant, by its name: a relay would otherwise deliver the mails of others. */
  schemas: ReadonlyMap<string, string>;
  mailboxPort: number;
  /** Whose tokens count where everything is as in production. */
  issuer: TokenIssuer;
  /** Stands for notification while user-management is measured: takes each mail at once. */
  mails: Sink;
  cores: Cores;
  /** For files of this run. */
  folder: string;
}

/**
 * Starts MySQL (or takes the one of TEST_MYSQL_PORT, and then pins nothing)
 * and the mailbox, and makes the tables.
 *
 * @param stops gets what undoes it
 */
export async function makeSite(
  { users, variants }: Pick<Choice, 'users' | 'variants'>,
  stops: (() => unknown)[],
): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-price-'));
  stops.push(() => {
    rmSync(folder, { recursive: true });
  });
  const { mysqlPort, cores } = await findMysql(stops);
  const names = variants.filter(({ kind }) => kind !== 'notification').map(({ name }) => name);
  const schemas = await fillSchemas(mysqlPort, names, users, stops);
  const mailbox = await startMailbox();
  stops.push(() => mailbox.process.stop());
  const issuer = await startIssuer();
  stops.push(() => issuer.stop());
  const mails = await mailSink(stops);
  return { mysqlPort, schemas, mailboxPort: mailbox.port, issuer, mails, cores, folder };
}

async function findMysql(stops: (() => unknown)[]): Promise<{ mysqlPort: number; cores: Cores }> {
  const port = testMysqlPort();
  if (port !== undefined) {
    return { mysqlPort: port, cores: { server: undefined, description: 'Nothing is pinned.' } };
  }
  const mysql = await startMysql();
  stops.push(() => mysql.stop());
  return { mysqlPort: mysql.port, cores: await shareCores(mysql.project) };
}

async function mailSink(stops: (() => unknown)[]): Promise<Sink> {
  const sink: Sink = { port: 0, count: 0 };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      sink.count += 1;
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  sink.port = (server.address() as AddressInfo).port;
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return sink;
}

/** In place of the X-Ray daemon: takes segments on UDP. */
export async function xraySink(stops: (() => unknown)[]): Promise<Sink> {
  const sink: Sink = { port: 0, count: 0 };
  const socket = createSocket('udp4', () => (sink.count += 1)).bind(0, '127.0.0.1');
  await once(socket, 'listening');
  sink.port = socket.address().port;
  stops.push(() => socket.close());
  return sink;
}

/** Undoes everything, the last first, whatever happens to the others. */
export async function stopAll(stops: (() => unknown)[]): Promise<void> {
  for (let stop = stops.pop(); stop; stop = stops.pop()) {
    try {
      await stop();
    } catch (error) {
      console.error(error);
    }
  }
}
