import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether promtool is installed; Debian has it in the package `prometheus`. */
export const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

if (!hasPromtool) {
  process.stderr.write('!!! SKIPPED: the checks and tests of Prometheus rules: promtool is not installed\n');
}

/** Runs promtool. @throws Error with all that it wrote, if it is not content */
export function promtool(...words: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync('promtool', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`promtool ${words.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

/** Runs promtool on a file with this content. @throws as {@link promtool} */
export function promtoolOn(content: string, ...words: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
  const file = join(folder, 'file.yml');
  try {
    writeFileSync(file, content);
    promtool(...words, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
