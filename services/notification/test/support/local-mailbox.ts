import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@usermgmt/testing/wait';

/** A mail as the mailbox keeps it. */
export interface StoredMail {
  from: string;
  subject: string;
  body: { text?: string; html?: string };
  destination: { to: string[]; cc: string[]; bcc: string[] };
}

/** A running aws-ses-v2-local, which is what a laptop uses in place of SES. */
export interface LocalMailbox {
  url: string;
  mails(): Promise<StoredMail[]>;
  stop(): Promise<void>;
}

const CLI = fileURLToPath(new URL('../../../../node_modules/aws-ses-v2-local/dist/cli.js', import.meta.url));

/** Starts the mailbox on a free port and waits until it answers. */
export async function startLocalMailbox(): Promise<LocalMailbox> {
  const port = await freePort();
  const child = spawn(process.execPath, [CLI, '--host', '127.0.0.1', '--port', String(port)], {
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/health-check`, child);
  return {
    url,
    mails: async () => {
      const { emails } = (await (await fetch(`${url}/store`)).json()) as { emails: StoredMail[] };
      return emails;
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await exited;
    },
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(url: string, child: ChildProcess): Promise<unknown> {
  return Promise.race([
    waitFor('the local mailbox', async () => (await fetch(url)).ok),
    once(child, 'exit').then(() => Promise.reject(new Error('the local mailbox did not start'))),
  ]);
}
