import { spawnSync } from 'node:child_process';

/** Deletes the namespaces of the tests with all that is in them. */
export default function tearDown() {
  if (process.env.TEST_CLUSTER !== '1') return;
  const { stdout } = spawnSync('kubectl', ['get', 'namespaces', '--output', 'name'], { encoding: 'utf8' });
  const ours = stdout.split('\n').filter((name) => name.startsWith('namespace/live-'));
  if (ours.length > 0) spawnSync('kubectl', ['delete', ...ours], { stdio: 'inherit' });
}
