import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Failure } from './failure.mjs';
import { DATA_FOLDER, ROOT } from './paths.mjs';
import { makePrivate, OWNER_ONLY } from './private-data.mjs';

const LOCK_FILE = join(DATA_FOLDER, 'lock.json');

/** @typedef {{ pid: number, command: string }} Lock */

/** Fails if `npm start` or `npm run dev` uses the data folder now. */
export function ensureNotRunning() {
  const lock = readLock();
  if (lock === undefined || !isAlive(lock.pid)) return;
  throw new Failure(
    `${lock.command} is running here (process ${lock.pid}): stop it with Ctrl-C, or with kill ${lock.pid} (if that process is something else, delete ${relative(ROOT, LOCK_FILE)})`,
  );
}

/**
 * Takes the data folder for this process until it exits, and from other users for good.
 *
 * @param {string} command what a person typed to run it
 */
export function takeLock(command) {
  ensureNotRunning();
  makePrivate(DATA_FOLDER);
  writeFileSync(LOCK_FILE, `${JSON.stringify({ pid: process.pid, command })}\n`, { mode: OWNER_ONLY });
  process.on('exit', () => rmSync(LOCK_FILE, { force: true }));
}

/** @returns {Lock | undefined} */
function readLock() {
  try {
    return JSON.parse(readFileSync(LOCK_FILE, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
