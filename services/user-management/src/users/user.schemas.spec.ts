import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import {
  listUsersSchema,
  newUserSchema,
  patchUserSchema,
  replaceUserSchema,
  type NewUser,
} from './user.schemas.js';

const valid = {
  username: 'jane',
  password: 'Pass@123',
  email: 'jane@example.com',
  firstname: 'Jane',
  lastname: 'Doe',
  role: 'ROLE_USER',
};

/** The fields that are wrong, each with its first message. */
function problems(schema: z.ZodType, value: unknown): Record<string, string> {
  const { error } = schema.safeParse(value);
  const found: Record<string, string> = {};
  for (const { path, message } of error?.issues ?? []) found[path.join('.')] ??= message;
  return found;
}
const problemsOfNew = (changes: object): Record<string, string> =>
  problems(newUserSchema, { ...valid, ...changes });
const parsed = (changes: object): NewUser => newUserSchema.parse({ ...valid, ...changes });

const email = (length: number): string => `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(length - 122)}`;

describe('lengths, in UTF-16 units', () => {
  it.each([
    ['username', 3, 20],
    ['firstname', 1, 20],
    ['lastname', 0, 20],
    ['role', 0, 255],
  ])('%s: from %d to %d', (field, min, max) => {
    for (const length of [min, max]) expect(problemsOfNew({ [field]: 'x'.repeat(length) })).toEqual({});
    expect(Object.keys(problemsOfNew({ [field]: 'x'.repeat(max + 1) }))).toEqual([field]);
    if (min > 0) expect(Object.keys(problemsOfNew({ [field]: 'x'.repeat(min - 1) }))).toEqual([field]);
  });

  it.each(['username', 'firstname', 'lastname'])('%s: an emoji is two', (field) => {
    expect(problemsOfNew({ [field]: '😀'.repeat(10) })).toEqual({});
    expect(problemsOfNew({ [field]: `${'😀'.repeat(10)}x` })).toHaveProperty(field);
  });

  it('username: two emoji are long enough', () => {
    expect(problemsOfNew({ username: '😀' })).toHaveProperty('username');
    expect(problemsOfNew({ username: '😀😀' })).toEqual({});
  });

  it('email: up to 254 for a new user', () => {
    const longest = `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;
    expect(longest).toHaveLength(254);
    expect(problemsOfNew({ email: longest })).toEqual({});
    expect(problemsOfNew({ email: `${longest}d` })).toHaveProperty('email');
    expect(problemsOfNew({ email: email(150) })).toEqual({});
  });

  it('password: up to 1000', () => {
    expect(problemsOfNew({ password: 'Pass@123'.padEnd(1_000, 'x') })).toEqual({});
    expect(problemsOfNew({ password: 'Pass@123'.padEnd(1_001, 'x') })).toHaveProperty('password');
  });
});

describe('a text that is too long', () => {
  const tooLong = ' \ud800\0'.repeat(10_000);

  it.each([
    ['new user', newUserSchema],
    ['PUT', replaceUserSchema],
    ['PATCH', patchUserSchema],
  ])('is refused for its length, and not looked at further: %s', (_name, schema) => {
    for (const field of Object.keys(schema.shape).filter((name) => name !== 'enabled')) {
      const { error } = schema.safeParse({ ...valid, [field]: tooLong });
      const messages = error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      expect(messages).toEqual([expect.stringMatching(`^${field}: must have .* characters$`)]);
    }
  });
});

describe('what is missing', () => {
  it.each([{}, Object.fromEntries(Object.keys(valid).map((field) => [field, null]))])(
    'is named: %j',
    (body) => {
      expect(problems(newUserSchema, body)).toEqual(
        Object.fromEntries(Object.keys(valid).map((field) => [field, 'is missing'])),
      );
      expect(Object.keys(problems(replaceUserSchema, body))).toEqual([
        'username',
        'email',
        'firstname',
        'lastname',
      ]);
    },
  );

  it('may be missing: enabled, and everything in a PATCH', () => {
    expect(parsed({}).enabled).toBeUndefined();
    expect(parsed({ enabled: null }).enabled).toBeUndefined();
    expect(patchUserSchema.parse({})).toEqual({});
  });

  it.each(Object.keys(patchUserSchema.shape))('is a null in a PATCH: %s', (field) => {
    expect(patchUserSchema.parse({ [field]: null })).toEqual({});
  });

  it.each([undefined, null, 5, 'text', [], true])('is everything: %j is no object', (body) => {
    for (const schema of [newUserSchema, replaceUserSchema, patchUserSchema]) {
      expect(problems(schema, body)).toEqual({ '': 'the body must be a JSON object' });
    }
  });
});

describe('leniencies', () => {
  it('takes numbers and booleans for texts', () => {
    expect(parsed({ username: 12345, firstname: true, lastname: 1.5, role: false })).toMatchObject({
      username: '12345',
      firstname: 'true',
      lastname: '1.5',
      role: 'false',
    });
  });

  it.each([[{}], [[]], [['x']]])('takes no %j for a text', (value) => {
    expect(problemsOfNew({ firstname: value })).toEqual({ firstname: 'must be a string' });
  });

  it.each([
    [true, [true, 'true', 'TRUE', ' True ', 1, 2, -1]],
    [false, [false, 'false', 'False', 0]],
  ])('takes for %j: %j', (meaning, values) => {
    for (const value of values) expect(parsed({ enabled: value }).enabled).toBe(meaning);
  });

  it.each(['yes', '1', '', 'truefalse', 1.5, NaN, {}, [true]])('takes no %j for enabled', (value) => {
    expect(problemsOfNew({ enabled: value })).toEqual({ enabled: 'must be true or false' });
  });

  it('ignores fields that it does not know', () => {
    expect(parsed({ admin: true, id: 5, toString: 'x' })).toEqual(valid);
    expect(patchUserSchema.parse({ username: 'other', admin: true, enabled: false })).toEqual({
      enabled: false,
    });
    expect(replaceUserSchema.parse({ ...valid, enabled: 'whatever', role: {} })).toEqual({
      username: 'jane',
      email: 'jane@example.com',
      firstname: 'Jane',
      lastname: 'Doe',
    });
  });
});

describe('texts', () => {
  it.each([' jane', 'jane ', 'jane\t', '\u00a0jane', 'ja\tne', 'ja\nne', 'ja\u0085ne', '\u200b\u200b\u200b'])(
    'refuses the new name %j',
    (username) => {
      expect(Object.keys(problemsOfNew({ username }))).toEqual(['username']);
    },
  );

  it.each(['ja ne', 'a@b.c', '100%', '<b>', 'ÄÖÜ', '张三丰', '😀😀'])('takes the new name %j', (username) => {
    expect(parsed({ username }).username).toBe(username);
  });

  it.each(['a\ud800b', '\udc00xx', 'a\0b'])('refuses %j everywhere', (text) => {
    for (const field of ['username', 'firstname', 'lastname', 'role', 'email', 'password']) {
      expect(problemsOfNew({ [field]: `${text}Pass@123` })).toHaveProperty(field);
    }
    for (const field of ['username', 'email', 'firstname', 'lastname']) {
      expect(problems(replaceUserSchema, { ...valid, [field]: text })).toHaveProperty(field);
    }
    for (const field of ['email', 'firstname', 'lastname', 'role']) {
      expect(problems(patchUserSchema, { [field]: text })).toHaveProperty(field);
    }
  });

  it('asks the form of an address of new users only', () => {
    expect(problemsOfNew({ email: 'jane' })).toEqual({ email: 'must be an e-mail address' });
    expect(problems(replaceUserSchema, { ...valid, email: 'jane' })).toEqual({});
    expect(problems(patchUserSchema, { email: 'jane' })).toEqual({});
    expect(problems(patchUserSchema, { email: '' })).toHaveProperty('email');
  });

  it('takes any name of an old row to find it by', () => {
    for (const username of ['a', 'a\tb', ' jane ']) {
      expect(problems(replaceUserSchema, { ...valid, username })).toEqual({});
    }
  });
});

describe('the password policy', () => {
  it.each(['Pass@123', 'aA1!aA1!', 'Pass^123', 'Pässwörd1!A', 'P1!' + 'a'.repeat(100)])(
    'takes %s',
    (password) => {
      expect(problemsOfNew({ password })).toEqual({});
    },
  );

  it.each([
    'Pass@12', // 7 characters
    'Passw@rd', // no digit
    'PASS@123', // no lower case
    'pass@123', // no upper case
    'Pass1234', // none of the marks
    'Pass-123',
    'Pass @123',
    'Pass@123\n',
    '\u00a0Pass@123',
    '',
  ])('refuses %j', (password) => {
    expect(Object.keys(problemsOfNew({ password }))).toEqual(['password']);
  });

  it('says nothing of the password', () => {
    expect(problemsOfNew({ password: 'secret' })).toEqual({ password: 'User Password is invalid' });
  });
});

describe('the query of a list', () => {
  it.each(['1', '1000', '0001'])('takes limit=%s', (limit) => {
    expect(listUsersSchema.parse({ limit }).limit).toBe(Number(limit));
  });

  it.each(['0', '1001', 'abc', '-1', '1.0', '', ' 1', '1e2', ['1', '2']])('refuses limit=%j', (limit) => {
    expect(Object.keys(problems(listUsersSchema, { limit }))).toEqual(['limit']);
  });

  it('wants everything once and ignores what it does not know', () => {
    expect(Object.keys(problems(listUsersSchema, { after: ['a', 'b'], email: ['a', 'b'] }))).toEqual([
      'after',
      'email',
    ]);
    expect(listUsersSchema.parse({ page: '5' })).toEqual({});
  });
});
