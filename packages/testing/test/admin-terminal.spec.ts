import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '../src/process.ts';

const run = promisify(execFile);
const pathOf = (file: string): string => new URL(`../../../${file}`, import.meta.url).pathname;
const READ = `import(${JSON.stringify(pathOf('services/user-management/dist/commands/read-password.js'))})
  .then(({ readPassword }) => readPassword())
  .then((password) => console.log(Buffer.from(password).toString('base64')))`;

interface Ended {
  shown: string;
  /** Minus the signal, if one ended it. */
  code: number;
  /** Whether the terminal's modes are as before. */
  isRestored: boolean;
}

describe('a password at a terminal', () => {
  let environment: Record<string, string>;
  beforeAll(async () => {
    environment = { SQLITE_FILE: join(mkdtempSync(join(tmpdir(), 'usermgmt-terminal-')), 'test.sqlite') };
    expect(await runCommand('migrate', [], environment)).toMatchObject({ code: 0 });
  });
  afterAll(() => {
    rmSync(join(environment.SQLITE_FILE!, '..'), { recursive: true });
  });

  /** Types the keys once the program asks. */
  async function onTerminal(keys: string, ...words: string[]): Promise<Ended> {
    const program = [process.execPath, ...words];
    const { stdout } = await run(
      'python3',
      [pathOf('packages/testing/src/terminal.py'), 'Enter: ', keys, ...program],
      {
        env: { PATH: process.env.PATH, TERM: 'xterm', ...environment },
      },
    );
    return JSON.parse(stdout) as Ended;
  }
  const create = (name: string): string[] => [
    ...[pathOf('services/user-management/dist/admin.js'), 'create', name],
    ...['--email', `${name}@example.com`],
  ];

  it('is not shown by admin create', async () => {
    const { shown, code, isRestored } = await onTerminal('Secret@123\\r', ...create('typed'));
    expect(shown).toContain('administrator typed created');
    expect(shown).not.toContain('Secret');
    expect({ code, isRestored }).toEqual({ code: 0, isRestored: true });
  });

  it('is given up with Ctrl-C, which leaves the terminal as it was and makes nobody', async () => {
    const { shown, code, isRestored } = await onTerminal('Secret\\x03', ...create('given-up'));
    expect(shown).not.toMatch(/Secret|created/);
    expect({ code, isRestored }).toEqual({ code: -2, isRestored: true });
    expect((await runCommand('admin', ['end-logins', 'given-up'], environment)).output).toContain(
      'there is no user',
    );
  });

  it('is missing after Ctrl-D, in one line', async () => {
    const { shown, code, isRestored } = await onTerminal('\\x04', ...create('none'));
    expect(shown).toMatch(/Enter: \s+no password was given\s+$/);
    expect({ code, isRestored }).toEqual({ code: 1, isRestored: true });
  });

  it.each([
    ['Pass@123\\r', 'Pass@123'],
    ['Pass@123\\n', 'Pass@123'],
    [' Gr\\xc3\\xbc\\xc3\\x9fe 1 \\r', ' Grüße 1 '],
    ['wrong\\x7f\\x7f\\x7f\\x7f\\x7fright\\r', 'right'],
    ['wrong\\x15right\\r', 'right'],
  ])('is what was typed: %s', async (keys, password) => {
    const { shown } = await onTerminal(keys, '-e', READ);
    expect(Buffer.from(shown.split('Enter: ')[1]!.trim(), 'base64').toString()).toBe(password);
  });

  it.each(['Pass@123', 'Pass@123\n', 'Pass@123\r\n'])('comes from a pipe as before: %j', async (input) => {
    const name = `piped-${input.length}`;
    const { code, output } = await runCommand('admin', create(name).slice(1), environment, input);
    expect([code, output]).toEqual([0, expect.stringContaining(`administrator ${name} created`)]);
    expect(output).not.toContain('password');
  });
});
