import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = new URL('../../../', import.meta.url).pathname;

/** Runs code that is given one of the modules of `npm run security`, and reads what it prints. */
function ask(module: string, code: string): unknown {
  const script = `const it = await import(${JSON.stringify(join(ROOT, 'packages/dev/lib/security', module))});
    console.log(JSON.stringify(${code}));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: ROOT });
  return JSON.parse(output.toString());
}

describe('licences', () => {
  it.each([
    ['MIT', true],
    ['Apache-2.0', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND ISC', true],
    ['GPL-3.0-only', false],
    ['MIT AND GPL-3.0-only', false],
    ['AGPL-3.0', false],
    ['SEE LICENSE IN LICENSE.md', false],
    ['UNLICENSED', false],
  ])('%s: %s', (expression, isAllowed) => {
    expect(ask('licences.mjs', `it.isAllowed(${JSON.stringify(expression)})`)).toBe(isAllowed);
  });

  it('of all production packages are allowed; one that names none is not', () => {
    expect(ask('licences.mjs', 'await it.checkLicences()')).toMatchObject({ isGood: true });
    expect(ask('licences.mjs', 'it.isAllowed(undefined)')).toBe(false);
  });
});

const isThere = spawnSync('detect-secrets', ['--version']).error === undefined;
if (!isThere) {
  process.stderr.write(
    '!!! SKIPPED: detect-secrets is not installed: pip install -r packages/testing/requirements.txt\n',
  );
}

(isThere ? describe : describe.skip)('secrets in a history', () => {
  let repository: string;
  const git = (...args: string[]): void => {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
    execFileSync('git', ['-C', repository, ...identity, ...args], { stdio: 'ignore' });
  };
  const commit = (content: string): void => {
    writeFileSync(join(repository, 'settings.env'), content);
    git('add', '.');
    git('commit', '-m', 'Change settings');
  };
  const check = (): { isGood: boolean; lines: string[] } =>
    ask('history.mjs', `await it.checkHistory(${JSON.stringify(repository)})`) as {
      isGood: boolean;
      lines: string[];
    };

  beforeAll(() => {
    repository = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
    git('init');
    commit('DB_PASSWORD_FILE=/run/secrets/db\n');
  });
  afterAll(() => {
    rmSync(repository, { recursive: true });
  });

  it('are not there at first', () => {
    expect(check()).toMatchObject({ isGood: true });
  });

  it('are found after they were deleted, with the commit', () => {
    // Put together here, so that this file has no such text in its own history.
    commit(`KEY=${['AKIA', 'Q3EGR7TZWXYL5MN2'].join('')}\n`);
    commit('DB_PASSWORD_FILE=/run/secrets/db\n');
    const { isGood, lines } = check();
    expect(isGood).toBe(false);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^AWS Access Key: [0-9a-f]{40}\/settings\.env, added line 1$/);
  });

  it('are found on branches that were never merged', () => {
    git('checkout', '-b', 'other');
    commit(['-----BEGIN', 'RSA PRIVATE', 'KEY-----\n'].join(' '));
    git('checkout', '-');
    expect(check().lines).toHaveLength(3);
  });
});
