import { argon2Sync } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';

const started: (() => void)[] = [];
const slowArgon2 = jest.fn((_name: string, _options: object, done: (error: null, hash: Buffer) => void) => {
  started.push(() => {
    done(null, Buffer.alloc(32));
  });
});

/** A hasher whose work ends only when the test says so. */
async function slowHasher() {
  const crypto = await import('node:crypto');
  jest.unstable_mockModule('node:crypto', () => ({ ...crypto, argon2: slowArgon2 }));
  jest.resetModules();
  const { PasswordHasher } = await import('./password-hasher.js');
  jest.unstable_unmockModule('node:crypto');
  return new PasswordHasher();
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

describe('PasswordHasher', () => {
  it('makes a PHC string from which the hash can be computed again', async () => {
    const { PasswordHasher } = await import('./password-hasher.js');
    const phc = await new PasswordHasher().hash('Pässwörd@123');
    const [, m, t, p, salt, digest] =
      /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc) ?? [];
    expect([m, t, p].map(Number)).toEqual([19_456, 2, 1]);
    const again = argon2Sync('argon2id', {
      message: 'Pässwörd@123',
      nonce: Buffer.from(salt!, 'base64'),
      memory: 19_456,
      passes: 2,
      parallelism: 1,
      tagLength: 32,
    });
    expect(Buffer.from(digest!, 'base64').equals(again)).toBe(true);
  });

  it('salts each hash with 16 bytes of its own', async () => {
    const { PasswordHasher } = await import('./password-hasher.js');
    const hasher = new PasswordHasher();
    const hashes = await Promise.all([hasher.hash('Pass@123'), hasher.hash('Pass@123')]);
    const salts = hashes.map((phc) => phc.split('$')[4]);
    expect(salts[0]).not.toBe(salts[1]);
    for (const salt of salts) expect(Buffer.from(salt!, 'base64')).toHaveLength(16);
  });

  it('works on two at once and refuses more than it can do in time', async () => {
    const hasher = await slowHasher();
    const accepted = Array.from({ length: 252 }, () => hasher.hash('Pass@123'));
    await turns();
    expect(started).toHaveLength(2);
    await expect(hasher.hash('Pass@123')).rejects.toMatchObject({
      status: 503,
      code: 'TOO_BUSY',
      headers: { 'retry-after': '1' },
    });

    started[0]!();
    await accepted[0];
    await turns();
    expect(started).toHaveLength(3);
    const another = hasher.hash('Pass@123');
    while (started.length < 253) {
      started.at(-1)!();
      started.at(-2)!();
      await turns();
    }
    for (const finish of started) finish();
    await Promise.all([...accepted, another]);
  });
});
