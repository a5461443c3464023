import * as crypto from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as bcryptjs from 'bcryptjs';

/** What was computed, in its order: the algorithm and what its time depends on. */
const work: unknown[] = [];

// The real functions, counted.
jest.unstable_mockModule('node:crypto', () => ({
  ...crypto,
  argon2: (...call: Parameters<typeof crypto.argon2>) => {
    const [algorithm, { memory, passes, parallelism, tagLength }] = call;
    work.push([algorithm, memory, passes, parallelism, tagLength]);
    crypto.argon2(...call);
  },
}));
jest.unstable_mockModule('bcryptjs', () => ({
  ...bcryptjs,
  compare: (password: string, hash: string) => {
    work.push(['bcrypt', bcryptjs.getRounds(hash)]);
    return bcryptjs.compare(password, hash);
  },
}));

const { PasswordHasher } = await import('./password-hasher.js');

describe('checking a password', () => {
  const hasher = new PasswordHasher();
  let argon2id: string;
  beforeEach(async () => {
    argon2id = await hasher.hash('Pass@123');
    work.length = 0;
  });
  afterEach(() => {
    work.length = 0;
  });

  it('takes the same work for an Argon2id hash, a BCrypt hash of the original and a name that does not exist', async () => {
    const done: unknown[] = [];
    for (const stored of [argon2id, await bcryptjs.hash('Pass@123', 4), undefined]) {
      expect((await hasher.check('Wrong@123', stored)).isRight).toBe(false);
      done.push(work.splice(0));
    }
    const expected = [
      ['bcrypt', 4],
      ['argon2id', 19_456, 2, 1, 32],
    ];
    expect(done).toEqual([expected, expected, expected]);
  });

  it.each([
    '$argon2id$v=19$m=999999,t=2,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    '$argon2id$v=19$m=19456,t=99,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    `$2a$31$${'A'.repeat(53)}`,
    'Pass@123',
    '',
  ])('takes no password and no more work for the stored text %j', async (stored) => {
    expect(await hasher.check('Pass@123', stored)).toEqual({ isRight: false, better: undefined });
    expect(work).toEqual([
      ['bcrypt', 4],
      ['argon2id', 19_456, 2, 1, 32],
    ]);
  });
});
