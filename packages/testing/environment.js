import { setTimeout as sleep } from 'node:timers/promises';
import { TestEnvironment as NodeEnvironment } from 'jest-environment-node';

/** How long a suite's connections and processes may take to end after it has closed them. */
const DEADLINE_MS = 5_000;
const EVERY_MS = 10;

/** A worker has no timers of its own; where Jest runs the tests in its own process, its reporters do. */
const isWorker = process.send !== undefined;

/**
 * What keeps the process alive, by type.
 *
 * @returns {Map<string, number>}
 */
function open() {
  const counts = new Map();
  for (const type of process.getActiveResourcesInfo()) {
    if (type === 'Timeout' && !isWorker) continue;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}

/**
 * Node's environment, which fails a suite that leaves open what keeps the process alive: a server, a connection, a child
 * process. Jest would have to end its worker by force. `--detectOpenHandles` shows where it was opened.
 */
export default class ClosingEnvironment extends NodeEnvironment {
  #before = new Map();
  #path;
  /** A test that fails may leave things open; its own error is what counts then. */
  #hasFailed = false;

  constructor(config, context) {
    super(config, context);
    this.#path = context.testPath;
  }

  async setup() {
    await super.setup();
    // Node opens these pipes at their first use, which may be in the suite: where the standard input is /dev/null, it is.
    void [process.stdin, process.stdout, process.stderr];
    this.#before = open();
  }

  handleTestEvent({ name }) {
    if (name === 'test_fn_failure' || name === 'hook_failure') this.#hasFailed = true;
  }

  async teardown() {
    await super.teardown();
    if (this.#hasFailed) return;
    const left = () =>
      [...open()]
        .map(([type, count]) => [type, count - (this.#before.get(type) ?? 0)])
        .filter(([, count]) => count > 0);
    for (const end = Date.now() + DEADLINE_MS; left().length > 0 && Date.now() < end;) await sleep(EVERY_MS);
    const types = left().map(([type, count]) => `${count} × ${type}`);
    if (types.length === 0) return;
    throw new Error(
      `${this.#path} leaves open: ${types.join(', ')}. --detectOpenHandles shows where they were opened`,
    );
  }
}
