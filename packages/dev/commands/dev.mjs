import { printAddresses } from '../lib/addresses.mjs';
import { startCompilers } from '../lib/compilers.mjs';
import { Interrupted, takeOverSignals, unlessInterrupted } from '../lib/interruption.mjs';
import { migrateQuietly } from '../lib/migrate.mjs';
import { prefixed } from '../lib/prefixed.mjs';
import { prepare } from '../lib/prepare.mjs';
import { localProcesses } from '../lib/processes.mjs';
import { Restarting } from '../lib/restarting.mjs';
import { Stack } from '../lib/stack.mjs';
import { say } from '../lib/terminal.mjs';

/** `npm run dev`: like `npm start`, with a compiler and a restart for each change, and the logs shown. */
export default async function dev() {
  const signal = takeOverSignals();
  /** @type {{ stop: () => Promise<unknown> }[]} */
  const running = [];
  try {
    const { ports, node } = await prepare('npm run dev', signal);
    const { localXray, mailbox, notification, userManagement } = localProcesses(ports, process.env);
    const migrate = () => migrateQuietly(node, userManagement.env, signal);

    const parts = new Stack(node);
    running.push(parts);
    for (const part of [localXray, mailbox]) parts.start(part, prefixed(part.name));
    await unlessInterrupted(Promise.race([parts.ready(), parts.failure]), signal);
    const services = [new Restarting(notification, node), new Restarting(userManagement, node, migrate)];
    running.push(...services, ...startCompilers(node));
    await unlessInterrupted(Promise.all(services.map((service) => service.restart())), signal);
    printAddresses(ports, { logs: 'below' });
    await unlessInterrupted(new Promise(() => undefined), signal);
  } catch (error) {
    // To be stopped is how this command ends well.
    if (!(error instanceof Interrupted)) throw error;
  } finally {
    for (const each of running.reverse()) await each.stop();
  }
  say('stopped');
  return 0;
}
