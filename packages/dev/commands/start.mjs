import { printAddresses } from '../lib/addresses.mjs';
import { Interrupted, takeOverSignals, unlessInterrupted } from '../lib/interruption.mjs';
import { followLog } from '../lib/log-follow.mjs';
import { migrateQuietly } from '../lib/migrate.mjs';
import { prepare } from '../lib/prepare.mjs';
import { localProcesses } from '../lib/processes.mjs';
import { Stack } from '../lib/stack.mjs';
import { bold, say, secondsSince } from '../lib/terminal.mjs';

/** @import { NeededPort } from '../lib/ports.mjs' */

/** Whose logs are shown; those of the local parts stay in their files. */
const SHOWN = ['notification', 'user-management'];

/** `npm start`: from a fresh clone to services that answer, until Ctrl-C. */
export default async function start() {
  const begun = performance.now();
  const signal = takeOverSignals();
  try {
    const { ports, node } = await prepare('npm start', signal);
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
  } catch (error) {
    // To be stopped is how this command ends well.
    if (!(error instanceof Interrupted)) throw error;
  }
  return 0;
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
