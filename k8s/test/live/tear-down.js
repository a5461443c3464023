import { spawnSync } from 'node:child_process';

/** Begins to delete the namespaces of the tests with all that is in them. A run that comes soon waits for it. */
export default function tearDown() {
  if (process.env.TEST_CLUSTER !== '1') return;
  const { stdout } = spawnSync('kubectl', ['get', 'namespaces', '--output', 'name'], { encoding: 'utf8' });
  const ours = stdout.split('\n').filter((name) => name.startsWith('namespace/live-'));
  if (ours.length > 0) spawnSync('kubectl', ['delete', '--wait=false', ...ours], { stdio: 'inherit' });
}
