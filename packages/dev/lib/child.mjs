import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { logFileOf, ROOT } from './paths.mjs';
import { OWNER_ONLY } from './private-data.mjs';

/** @import { ChildProcess } from 'node:child_process' */

/** @typedef {{ name: string, script: string, args?: string[], env: NodeJS.ProcessEnv }} ChildDescription */

/** A little more than a service takes for its own shutdown at most. */
const STOP_MS = 25_000;

const GUARD = new URL('guard.mjs', import.meta.url).href;

/** A process that runs until it is stopped. */
export class Child {
  /** Whether it was asked to stop. */
  stopping = false;

  /**
   * @param {string} name
   * @param {ChildProcess} child
   */
  constructor(name, child) {
    this.name = name;
    this.child = child;
    /** @type {Promise<string>} how it ended, in words; never rejects */
    this.exited = new Promise((resolve) => {
      child.once('error', (error) => resolve(`cannot be started: ${error.message}`));
      child.once('exit', (code, signal) =>
        resolve(signal ? `ended by ${signal}` : `ended with code ${code}`),
      );
    });
  }

  get hasEnded() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /**
   * Asks it to stop and waits for it; kills it when it takes too long.
   *
   * @returns {Promise<boolean>} whether it stopped by itself
   */
  async stop() {
    this.stopping = true;
    this.child.kill('SIGTERM');
    const late = new AbortController();
    const timeout = sleep(STOP_MS, false, { signal: late.signal }).catch(() => true);
    const inTime = await Promise.race([this.exited.then(() => true), timeout]);
    late.abort();
    if (!inTime) this.child.kill('SIGKILL');
    await this.exited;
    return inTime;
  }
}

/**
 * Starts a process in a session of its own, so that a terminal's Ctrl-C reaches only the starter,
 * which stops the processes in order.
 *
 * @param {ChildDescription} description
 * @param {string} node the binary to run it on
 * @param {(line: string) => void} [onLine] gets what it prints; without it that goes to its log file
 * @param {'w' | 'a'} [logFlags] `w`: empties the log file first
 */
export function startChild({ name, script, args = [], env }, node, onLine, logFlags = 'w') {
  const output = onLine ? 'pipe' : openLog(name, logFlags);
  const child = spawn(node, ['--import', GUARD, script, ...args], {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  });
  if (typeof output === 'number') closeSync(output);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream && onLine) createInterface({ input: stream }).on('line', onLine);
  }
  const running = new Child(name, child);
  void running.exited.then((how) => running.stopping || onLine?.(how));
  return running;
}

/** @param {string} name @param {'w' | 'a'} flags @returns {number} a descriptor of its log file */
function openLog(name, flags) {
  const file = logFileOf(name);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return openSync(file, flags, OWNER_ONLY);
}
