import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Answer, ScriptedPrograms } from '@usermgmt/testing/scripted-programs';

const SCRIPT = join(import.meta.dirname, '../../../pipeline/install-kubectl.sh');
/** Where dl.k8s.io is: gives a binary, and the checksum of that binary. */
const CURL = `#!/bin/sh
case "$*" in
*.sha256) printf 'another binary' | sha256sum | cut -d ' ' -f 1 ;;
*) printf 'another binary' >kubectl ;;
esac
`;

/** What the scripts need of the machine, which may have a kubectl. */
const TOOLS = ['bash', 'sh', 'mktemp', 'sha256sum', 'cut', 'sed'];

let folder: string;
let programs: ScriptedPrograms;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usermgmt-kubectl-'));
  writeFileSync(join(folder, 'curl'), CURL, { mode: 0o755 });
  for (const tool of TOOLS) {
    const path = execFileSync('which', [tool], { encoding: 'utf8' }).trim();
    symlinkSync(path, join(folder, tool));
  }
});
afterEach(() => {
  programs.remove();
  rmSync(folder, { recursive: true });
});

/** Runs the script where there is no kubectl, beside these programs; `install` only writes down its call. */
function run(architecture: string, others: Record<string, Answer[]> = {}) {
  programs = new ScriptedPrograms({ uname: [{ when: '', output: architecture }], install: [], ...others });
  const [own] = programs.path.split(delimiter);
  const PATH = [own, folder].join(delimiter);
  const { status, stderr } = spawnSync(join(folder, 'bash'), [SCRIPT], {
    encoding: 'utf8',
    env: { PATH, TMPDIR: folder },
  });
  const callsOf = (name: string) => programs.calls.filter(({ program }) => program === name);
  return { status, stderr, installed: callsOf('install'), checked: callsOf('sha256sum') };
}

describe('pipeline/install-kubectl.sh', () => {
  it('refuses a binary that was exchanged together with the checksum beside it', () => {
    const { status, stderr, installed } = run('x86_64');
    expect(status).not.toBe(0);
    expect(stderr).toContain('checksum did NOT match');
    expect(installed).toEqual([]);
  });

  it.each([['x86_64'], ['aarch64']])('has a checksum for %s of its own', (architecture) => {
    const { status, installed, checked } = run(architecture, { sha256sum: [] });
    expect(status).toBe(0);
    expect(checked[0]!.input).toMatch(/^[0-9a-f]{64} {2}kubectl\n$/);
    expect(installed.map(({ words }) => words)).toEqual(['kubectl /usr/local/bin/kubectl']);
  });

  it('installs nothing on an architecture that it has no checksum for', () => {
    const { status, stderr, installed } = run('riscv64');
    expect(status).not.toBe(0);
    expect(stderr).toBe('no checksum of kubectl for riscv64\n');
    expect(installed).toEqual([]);
  });
});
