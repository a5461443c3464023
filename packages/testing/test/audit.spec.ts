import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HttpProcess, runCommand, startUserManagement } from '../src/process.ts';
import { newUser, send } from '../src/users.ts';
import { waitFor } from '../src/wait.ts';

type Line = Record<string, unknown>;

const folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
const environment = { SQLITE_FILE: join(folder, 'test.sqlite'), AUDIT_KEY: 'the-key-of-the-tests' };
const auditLines = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line.includes('"stream":"audit"'))
    .map((line) => JSON.parse(line) as Line);

let users: HttpProcess;
beforeAll(async () => {
  await runCommand('migrate', [], environment);
  users = await startUserManagement({ ...environment, LOG_LEVEL: 'silent' });
});
afterAll(async () => {
  await users.process.stop();
  rmSync(folder, { recursive: true });
});

describe('the audit stream', () => {
  const user = newUser({ username: 'Gérard', email: 'g@example.com' });

  it('is on standard output, whatever else is logged, and leads operators to the user', async () => {
    await send('POST', `${users.url}/user`, user);
    const [line] = await waitFor('the line', () => {
      const lines = auditLines(users.process.output);
      return Promise.resolve(lines.length > 0 && lines);
    });
    expect(line).toMatchObject({ what: 'POST /usermgmt/user', outcome: 'done', level: 'info' });
    expect(users.process.output).not.toContain('rard');
    const who = await runCommand('audit', ['who', String(line?.onWhom)], environment);
    expect(who).toEqual({ code: 0, output: 'Gérard\n' });
    for (const spelling of ['Gérard', 'GERARD']) {
      const id = await runCommand('audit', ['id', spelling], environment);
      expect(id).toEqual({ code: 0, output: `${String(line?.onWhom)}\n` });
    }
  });

  it.each([
    ['nobody has the pseudonym', ['who', 'user:0000000000000000'], {}, 1, 'nobody who exists'],
    ['there is no key', ['who', 'user:0000000000000000'], { AUDIT_KEY: '' }, 1, 'AUDIT_KEY is not set'],
    ['the words are wrong', ['whose', 'x'], {}, 2, 'Usage'],
    ['a word is missing', ['id'], {}, 2, 'Usage'],
  ])('has a command that says that %s', async (_what, words, changes, code, says) => {
    const result = await runCommand('audit', words, { ...environment, ...changes });
    expect(result.code).toBe(code);
    expect(result.output).toContain(says);
  });

  it('has what commands change, in the same file where there is one', async () => {
    const file = join(folder, 'audit.log');
    const withFile = { ...environment, AUDIT_FILE: file };
    const options = ['--email', 'root1@example.com'];
    const made = await runCommand('admin', ['create', 'root1', ...options], withFile, 'Pass@123');
    expect(made).toEqual({ code: 0, output: 'administrator root1 created\n' });
    await runCommand('outbox', ['purge', '--state', 'sent'], withFile);
    const id = (await runCommand('audit', ['id', 'root1'], environment)).output.trim();
    const text = readFileSync(file, 'utf8');
    expect(auditLines(text)).toMatchObject([
      { who: 'operator', what: 'admin create', onWhom: id, outcome: 'done' },
      { who: 'operator', what: 'outbox purge --state sent', outcome: 'done' },
    ]);
    expect(text).not.toContain('root1');
    const more = ['--email', 'root2@example.com'];
    const other = await runCommand('admin', ['create', 'root2', ...more], environment, 'Pass@123');
    expect(auditLines(other.output)).toHaveLength(1);
  });

  it('is refused a file that cannot be written', async () => {
    const { code, output } = await runCommand('main', [], { ...environment, AUDIT_FILE: folder });
    expect(code).toBe(78);
    expect(output).toContain('AUDIT_FILE: must be the path of a file that can be written');
  });
});
