import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Whether cfn-lint is installed. */
export const hasCfnLint = spawnSync('cfn-lint', ['--version']).error === undefined;
if (!hasCfnLint) {
  process.stderr.write('!!! SKIPPED: cfn-lint is not installed: pip install -r infra/requirements.txt\n');
}

/** What cfn-lint says of templates. @param templates paths */
export function lint(...templates: string[]): { status: number | null; output: string } {
  const { status, stdout } = spawnSync('cfn-lint', templates, {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, output: stdout };
}
