import { emailAddressProblem } from '@usermgmt/service-kit/email-address';
import { z } from 'zod';
import { usernameKey } from './user-key.js';

/**
 * A text field as the original's JSON reader took it: a number or a boolean is
 * taken by its spelling. Lengths count UTF-16 units, as Java's do.
 */
function text({ min = 0, max, description }: { min?: number; max: number; description: string }) {
  const length = min === 0 ? `at most ${max} characters` : `from ${min} to ${max} characters`;
  return z
    .preprocess(
      (value) =>
        typeof value === 'number' || typeof value === 'boolean' ? String(value) : (value ?? undefined),
      z
        .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be a string') })
        // Not min() and max(): they count code points. A text of any length that is let in
        // may come here: what follows looks at it only if it is no longer than this.
        .refine((value) => value.length <= max, { error: `must have ${length}`, abort: true })
        .refine((value) => value.length >= min, `must have ${length}`)
        .refine(
          (value) => value.isWellFormed() && !value.includes('\0'),
          'must be valid Unicode without NUL',
        ),
    )
    .meta(
      lenient(
        { ...(min > 0 && { minLength: min }), maxLength: max },
        `${description}. A number or a boolean is taken by its spelling`,
      ),
    );
}

/** What the OpenAPI document says of a text: what is taken, and not only what should be sent. */
function lenient(limits: object, description: string) {
  return {
    type: undefined,
    anyOf: [{ type: 'string', ...limits }, { type: 'number' }, { type: 'boolean' }],
    description,
  };
}

/** `true`, `"true"`, `1` and their opposites, as the original's JSON reader took them. */
const enabled = z
  .preprocess((value) => {
    if (typeof value === 'string' && /^\s*(?:true|false)\s*$/i.test(value)) return /true/i.test(value);
    return typeof value === 'number' && Number.isInteger(value) ? value !== 0 : (value ?? undefined);
  }, z.boolean('must be true or false').optional())
  .meta({
    type: undefined,
    anyOf: [
      { type: 'boolean' },
      { type: 'string', pattern: '^\\s*([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])\\s*$' },
      { type: 'integer' },
    ],
    nullable: true,
    description: '`"true"`, `"false"` and whole numbers (0 is false) are taken too; null counts as missing',
  });

/**
 * Control characters, which no name needs; what old rows hold stays readable.
 */
const CONTROL = /\p{Cc}/u;

/** A name to find a user by; that of an old row may be shorter than a new one. */
const username = text({ min: 1, max: 20, description: 'In any case, with any accents' });

const newUsername = text({ min: 3, max: 20, description: '' })
  .refine((value) => value === value.trim(), 'must not begin or end with white space')
  .refine((value) => !CONTROL.test(value), 'must not hold control characters')
  .refine((value) => usernameKey(value) !== '', 'must hold a visible character')
  .meta(
    lenient(
      { minLength: 3, maxLength: 20 },
      'Unique without regard to case and accents; no white space at either end, no control characters. ' +
        'A number or a boolean is taken by its spelling',
    ),
  );

/** Any address that the table can hold; users.service.ts checks the syntax of one that changes. */
const email = text({ min: 1, max: 255, description: 'Unique without regard to case' });

const newEmail = email
  .refine((value) => emailAddressProblem(value) === undefined, {
    error: ({ input }) => emailAddressProblem(String(input)),
  })
  .meta({
    type: 'string',
    anyOf: undefined,
    format: 'email',
    maxLength: 254,
    description:
      'Unique without regard to case. ASCII before the @; a domain may hold other characters (IDNA): it is kept as sent, ' +
      'is the same as its ASCII form, and mails go to that',
  });

const firstname = text({ min: 1, max: 20, description: 'First name' });
const lastname = text({ max: 20, description: 'Last name; may be empty' });
const role = text({
  max: 255,
  description: 'ROLE_USER, ROLE_MODERATOR or ROLE_ADMIN; other texts are kept as given',
});

const PASSWORD_POLICY = /^(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])(?=.*[!@#$%^&*])\S{8,}$/;

const password = text({
  min: 1,
  max: 1_000,
  description:
    'At least 8 characters, with a digit, a lower and an upper case letter, one of !@#$%^&*, and no white space',
})
  .refine((value) => PASSWORD_POLICY.test(value), 'User Password is invalid')
  .meta({
    type: 'string',
    anyOf: undefined,
    minLength: 8,
    maxLength: 1_000,
    pattern: PASSWORD_POLICY.source,
  });

/** What the messages of a body that is no object say. */
const asObject = { error: 'the body must be a JSON object' };

/** Body of `POST /user` and `POST /adminuser`. */
export const newUserSchema = z
  .object({ username: newUsername, password, email: newEmail, firstname, lastname, role, enabled }, asObject)
  .meta({
    id: 'NewUser',
    examples: [
      {
        username: 'microtest1',
        password: 'Pass@123',
        email: 'microtest1@example.com',
        firstname: 'Micro',
        lastname: 'Test',
        role: 'ROLE_USER',
        enabled: true,
      },
    ],
  });

/** Body of `PUT /user`; what else the original's clients send along (password, role, enabled) is ignored. */
export const replaceUserSchema = z
  .object({ username, email, firstname, lastname }, asObject)
  .meta({ id: 'ReplaceUser' });

const currentPassword = text({
  max: 1_000,
  description: 'The present password: needed with `password` by who changes the own one',
});

/** A field that may be missing; null counts as missing. */
const optional = <T extends z.ZodType>(field: T) =>
  z.preprocess((value) => value ?? undefined, field.optional()).meta({ ...field.meta(), nullable: true });

/** Body of `PATCH /user/{username}`. */
export const patchUserSchema = z
  .object(
    {
      email: optional(email),
      firstname: optional(firstname),
      lastname: optional(lastname),
      role: optional(role),
      enabled,
      password: optional(password),
      currentPassword: optional(currentPassword),
    },
    asObject,
  )
  .meta({ id: 'PatchUser' });

/** Query of `GET /users`. */
export const listUsersSchema = z.object({
  limit: z
    .string('must be given once')
    .regex(/^\d{1,4}$/, 'must be a whole number from 1 to 1000')
    .transform(Number)
    .refine((value) => value >= 1 && value <= 1_000, 'must be from 1 to 1000')
    .meta({ type: 'integer', minimum: 1, maximum: 1_000 })
    .optional(),
  after: z.string('must be given once').optional(),
  email: z.string('must be given once').optional(),
});

/** The original's UserModel: a user as every answer shows it. */
export const userSchema = z
  .object({
    username: z.string(),
    email: z.string().nullable(),
    role: z.string().nullable(),
    enabled: z.boolean(),
    firstname: z.string().nullable(),
    lastname: z.string().nullable(),
    appversion: z.string().nullable().meta({ description: 'Only in lists, as in the original' }),
  })
  .meta({ id: 'User' });

export type NewUser = z.infer<typeof newUserSchema>;
export type ReplaceUser = z.infer<typeof replaceUserSchema>;
export type PatchUser = z.infer<typeof patchUserSchema>;
export type ListUsers = z.infer<typeof listUsersSchema>;
export type UserModel = z.infer<typeof userSchema>;
