import { argon2Sync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { PasswordHasher } from './password-hasher.js';

describe('PasswordHasher', () => {
  it('makes a PHC string from which the hash can be computed again', async () => {
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
    const hasher = new PasswordHasher();
    const hashes = await Promise.all([hasher.hash('Pass@123'), hasher.hash('Pass@123')]);
    const salts = hashes.map((phc) => phc.split('$')[4]);
    expect(salts[0]).not.toBe(salts[1]);
    for (const salt of salts) expect(Buffer.from(salt!, 'base64')).toHaveLength(16);
  });
});
