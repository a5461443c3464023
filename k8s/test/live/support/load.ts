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

/** Starts reads and writes, on kept and on new connections, at a steady rate. @param users the context path's URL */
export async function startLoad(users: string, requestsPerSecond = STEADY): Promise<Load> {
  const file = fileURLToPath(new URL('load-process.ts', import.meta.url));
  const child = fork(file, [users, String(requestsPerSecond)], { execArgv: [] });
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
