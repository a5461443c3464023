import { spawnSync } from 'node:child_process';

/** Whether the current context of kubectl is a cluster for tests (TEST_CLUSTER=1); `npm test` says so if not. */
export const hasCluster = process.env.TEST_CLUSTER === '1';

/** What a command wrote and how it ended. */
export interface Ended {
  code: number;
  output: string;
}

/**
 * Runs kubectl to its end.
 *
 * @param env instead of the environment of the tests
 */
export function tryKubectl(words: readonly string[], input?: string, env = process.env): Ended {
  const options = { encoding: 'utf8', input, env, maxBuffer: 256 * 1024 * 1024 } as const;
  const { status, stdout, stderr } = spawnSync('kubectl', words, options);
  return { code: status ?? 1, output: `${stdout}${stderr}` };
}

/** Runs kubectl and gives what it wrote. @throws Error with that, if it failed */
export function kubectl(words: readonly string[], input?: string): string {
  const { code, output } = tryKubectl(words, input);
  if (code !== 0) throw new Error(`kubectl ${words.join(' ')}: ${output}`);
  return output;
}
