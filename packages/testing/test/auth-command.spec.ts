import { createHash, createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '../src/process.ts';

const auth = (...words: string[]): ReturnType<typeof runCommand> => runCommand('auth', words, {});

describe('the command auth', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['rsa', []],
    ['ed25519', ['--type', 'ed25519']],
  ])('makes a private key that only its owner reads, once: %s', async (type, words) => {
    const file = join(folder, `${type}.pem`);
    const made = await auth('key', file, ...words);
    expect(made).toEqual({ code: 0, output: `${file} made (${type})\n` });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const pem = readFileSync(file, 'utf8');
    expect(createPrivateKey(pem).asymmetricKeyType).toBe(type);
    const again = await auth('key', file, ...words);
    expect(again).toEqual({ code: 0, output: `${file} is there already, and stays as it is\n` });
    expect(readFileSync(file, 'utf8')).toBe(pem);
  });

  it('makes a client whose secret it keeps as a hash', async () => {
    const { code, output } = await auth(
      'client',
      'reports',
      '--grants',
      'client_credentials',
      '--roles',
      'ROLE_MODERATOR',
    );
    expect(code).toBe(0);
    const [, json = '', secret = ''] =
      /^for AUTH_CLIENTS: (.+)\nsecret, shown this once: (.+)\n$/.exec(output) ?? [];
    expect(JSON.parse(json)).toEqual([
      {
        id: 'reports',
        secretSha256: createHash('sha256').update(secret).digest('hex'),
        grants: ['client_credentials'],
        roles: ['ROLE_MODERATOR'],
      },
    ]);
    expect(secret.length).toBeGreaterThan(40);
  });

  it.each([
    [[], 2],
    [['key'], 2],
    [['key', 'a', 'b'], 2],
    [['key', 'a', '--type', 'dsa'], 2],
    [['client', 'a'], 2],
    [['nonsense', 'a'], 2],
    [['key', '--wrong'], 2],
    [['key', '/not/there/at/all.pem'], 1],
  ])('%j ends with %d, and says why', async (words, code) => {
    const ended = await auth(...words);
    expect(ended.code).toBe(code);
    expect(ended.output.includes('Usage: ')).toBe(code === 2);
    expect(ended.output).not.toMatch(/\bat .+:\d+/);
  });
});
