import { argon2Sync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { hash as bcrypt } from 'bcryptjs';
import { formatArgon2 } from './password-hash.js';
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

  it('gives a better hash for a right password whose hash is a weaker one', async () => {
    const hasher = new PasswordHasher();
    const parameters = { memory: 8_192, passes: 1, parallelism: 1, salt: Buffer.alloc(16, 7) };
    const secret = { message: 'Pass@123', nonce: parameters.salt, tagLength: 32 };
    const weak = formatArgon2({
      ...parameters,
      digest: argon2Sync('argon2id', { ...parameters, ...secret }),
    });
    expect(await hasher.check('Wrong@123', weak)).toEqual({ isRight: false, better: undefined });
    const { isRight, better } = await hasher.check('Pass@123', weak);
    expect([isRight, better]).toEqual([true, expect.stringContaining('m=19456,t=2,p=1')]);
    expect(await hasher.check('Pass@123', better)).toEqual({ isRight: true, better: undefined });
  });

  const NFC = 'Pässwörd@123';
  const NFD = NFC.normalize('NFD');

  it('takes composed and decomposed letters for the same, with the work of one check', async () => {
    const hasher = new PasswordHasher();
    for (const [set, typed] of [
      [NFC, NFD],
      [NFD, NFC],
    ] as const) {
      expect(await hasher.check(typed, await hasher.hash(set))).toEqual({ isRight: true, better: undefined });
    }
  });

  it.each([
    ['Argon2id', (text: string) => Promise.resolve(argon2Of(text))],
    ['BCrypt', (text: string) => bcrypt(text, 4)],
  ])(
    'takes a password whose %s hash was made from another spelling, and replaces the hash',
    async (_name, make) => {
      const hasher = new PasswordHasher();
      const stored = await make(NFD);
      expect(await hasher.check('Pässwort@123'.normalize('NFD'), stored)).toEqual({
        isRight: false,
        better: undefined,
      });
      const { isRight, better } = await hasher.check(NFD, stored);
      expect(isRight).toBe(true);
      expect(await hasher.check(NFC, better)).toEqual({ isRight: true, better: undefined });
    },
  );

  /** A hash of exactly this text, as earlier versions made it. */
  function argon2Of(message: string): string {
    const parameters = { memory: 19_456, passes: 2, parallelism: 1, salt: Buffer.alloc(16, 7) };
    const secret = { message, nonce: parameters.salt, tagLength: 32 };
    return formatArgon2({ ...parameters, digest: argon2Sync('argon2id', { ...parameters, ...secret }) });
  }
});
