import { Failure } from './failure.mjs';
import { fromRoot } from './paths.mjs';
import { runToEnd } from './run-to-end.mjs';
import { whileShowing } from './terminal.mjs';

/** The services and, by their dependencies, the libraries that they use. */
export const SERVICES_ONLY = ['--filter=./services/*'];

/**
 * Runs a task of turbo.json. What has not changed comes out of turbo's cache in a third of a second.
 *
 * @param {string} task
 * @param {{ args?: string[], signal?: AbortSignal | undefined }} [options]
 */
export async function turbo(task, { args = [], signal } = {}) {
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
  const script = fromRoot('node_modules/turbo/bin/turbo');
  return runToEnd(process.execPath, [script, 'run', task, '--output-logs=errors-only', ...args], {
    env,
    signal,
  });
}

/**
 * Builds what has changed; what the compiler prints is shown only if it fails.
 *
 * @param {{ args?: string[], signal?: AbortSignal | undefined }} [options]
 */
export async function build(options) {
  await whileShowing('building', async () => {
    const { code, output } = await turbo('build', options);
    if (code !== 0) throw new Failure('the build failed: see the errors above', [output.trimEnd()]);
  });
}
