import { printAddresses } from './addresses.mjs';
import { unlessInterrupted } from './interruption.mjs';
import { followLog } from './log-follow.mjs';
import { migrateQuietly } from './migrate.mjs';
import { localProcesses } from './processes.mjs';
import { Stack } from './stack.mjs';
import { bold, say, secondsSince } from './terminal.mjs';

/** @import { NeededPort } from './ports.mjs' */

/** Whose logs are shown; those of the local parts stay in their files. */
const SHOWN = ['notification', 'user-management'];

/**
 * Runs all that was built, shows the services' logs, and stops everything in order.
 *
 * @param {NeededPort[]} ports
 * @param {string} node the binary to run the processes on
 * @param {AbortSignal} signal
 * @param {number} begun from `performance.now()`: what is said to have taken so long
 * @throws {Failure} when a process ends without which the rest is of no use
 */
export async function runLocal(ports, node, signal, begun) {
  const stack = new Stack(node);
  /** @type {(() => void)[]} */
  const following = [];
  try {
    await unlessInterrupted(Promise.race([bringUp(stack, ports, signal), stack.failure]), signal);
    say(`${bold('All is up')} after ${secondsSince(begun)} s`);
    printAddresses(ports, { logs: 'below, and as JSON in .data/logs/' });
    following.push(...SHOWN.map(followLog));
    await unlessInterrupted(stack.failure, signal);
  } finally {
    for (const stop of following) stop();
    await stack.stop();
  }
}

/** @param {Stack} stack @param {NeededPort[]} ports @param {AbortSignal} signal */
async function bringUp(stack, ports, signal) {
  const { localXray, mailbox, notification, userManagement } = localProcesses(ports, process.env);
  stack.start(localXray);
  stack.start(mailbox);
  stack.start(notification);
  await migrateQuietly(stack.node, userManagement.env, signal);
  stack.start(userManagement);
  await stack.ready();
}
