import { Interrupted, takeOverSignals } from '../lib/interruption.mjs';
import { prepare } from '../lib/prepare.mjs';
import { runLocal } from '../lib/run-local.mjs';

/** `npm start`: from a fresh clone to services that answer, until Ctrl-C. */
export default async function start() {
  const begun = performance.now();
  const signal = takeOverSignals();
  try {
    const { ports, node } = await prepare('npm start', signal);
    await runLocal(ports, node, signal, begun);
  } catch (error) {
    // To be stopped is how this command ends well.
    if (!(error instanceof Interrupted)) throw error;
  }
  return 0;
}
