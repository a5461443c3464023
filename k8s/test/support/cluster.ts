import { spawnSync } from 'node:child_process';

/** Whether the current context of kubectl is a cluster for tests (TEST_CLUSTER=1); `npm test` says so if not. */
export const hasCluster = process.env.TEST_CLUSTER === '1';

/** Runs kubectl and gives what it wrote. @throws Error with that, if it failed */
export function kubectl(words: readonly string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync('kubectl', words, { encoding: 'utf8', input });
  if (status !== 0) throw new Error(`kubectl ${words.join(' ')}: ${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}
