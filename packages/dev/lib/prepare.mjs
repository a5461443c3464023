import { build, SERVICES_ONLY } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { takeLock } from './lock.mjs';
import { ensureFree, portsFrom } from './ports.mjs';
import { expectServiceNode, findServiceNode } from './service-node.mjs';

/**
 * What must be so before a process is started, the quick and likely failures first: the ports and the data
 * folder are free, there is a Node for the services, packages are installed, the services are built.
 *
 * @param {string} command what a person typed to run this
 * @param {AbortSignal} signal
 */
export async function prepare(command, signal) {
  const ports = portsFrom(process.env);
  takeLock(command);
  await ensureFree(ports);
  expectServiceNode();
  await ensureInstalled(signal);
  await build({ args: SERVICES_ONLY, signal });
  return { ports, node: await findServiceNode() };
}
