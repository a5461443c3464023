import { runToEnd } from './run-to-end.mjs';

const ANSWER_MS = 15_000;

/** Whether containers can be run here: the Docker daemon answers and compose is there. */
export async function hasDocker() {
  const answers = await Promise.all([
    runToEnd('docker', ['info'], { timeout: ANSWER_MS }),
    runToEnd('docker', ['compose', 'version'], { timeout: ANSWER_MS }),
  ]);
  return answers.every(({ code }) => code === 0);
}
