import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadResult } from './load-process.ts';

/** Requests a second: enough to meet every moment of a rollout, and no test of strength. */
const STEADY = 25;

/** Load that goes on while a test does something else. */
export interface Load {
  /** Counts what comes from now on under another name. */
  begin(phase: string): void;
  /** Waits for the last answer. */
  stop(): Promise<LoadResult>;
}

/** Where the load goes to, if its URL's host is in no DNS that this machine asks. */
export interface Way {
  /** The address to connect to. */
  address: string;
  /** A file with the CA that has signed the certificate there. */
  ca: string;
}

/** Starts reads and writes, on kept and on new connections, at a steady rate. @param users the context path's URL */
export async function startLoad(users: string, requestsPerSecond = STEADY, way?: Way): Promise<Load> {
  const file = fileURLToPath(new URL('load-process.ts', import.meta.url));
  const child = fork(file, [users, String(requestsPerSecond), ...(way ? [way.address] : [])], {
    execArgv: [],
    env: { ...process.env, ...(way && { NODE_EXTRA_CA_CERTS: way.ca }) },
  });
  await once(child, 'spawn');
  return {
    begin(phase) {
      child.send(phase);
    },
    async stop() {
      child.send('stop');
      const [result] = (await once(child, 'message')) as [LoadResult];
      return result;
    },
  };
}
