import { z } from 'zod';

// RFC 5322, 2.1.1: no line has more than 998 characters.
const SUBJECT_MAX_LENGTH = 998;

/** Entries of one list of addresses. Of different ones 50 are too many (recipients.ts), but repeated ones count once. */
const MOST_ENTRIES = 1_000;

/** Line ends and everything else that could start a new header line, in any Unicode spelling. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
/** Control characters that no text has a use for: all but tab and line ends. */
const CONTROL_IN_TEXT = /(?![\t\n\r])\p{Cc}/u;

const string = (): z.ZodString =>
  z.string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a string') });
const wellFormed = (value: string): boolean => value.isWellFormed();

// Malformed addresses pass here: they are an error of their own (see recipients.ts).
const address = string()
  .refine((value) => !CONTROL.test(value), 'must not hold control characters')
  .meta({
    format: 'email',
    maxLength: 254,
    description: 'ASCII before the @; of a domain with other characters the ASCII form (IDNA) is sent',
  });

/**
 * The length comes first: reading 50,000 wrong entries, to name each of them,
 * kept the process busy for a quarter of a second.
 */
const addresses = () =>
  z.preprocess(
    (value, context) => {
      if (!Array.isArray(value) || value.length <= MOST_ENTRIES) return value;
      context.addIssue(`must have at most ${MOST_ENTRIES} entries`);
      return z.NEVER;
    },
    z
      .array(address, {
        error: ({ input }) => (input === undefined ? 'is required' : 'must be a list of addresses'),
      })
      .meta({ maxItems: MOST_ENTRIES }),
  );

/** The body of `POST /send`; fields that it does not name are ignored. */
export const sendMailSchema = z
  .object(
    {
      subject: string()
        .min(1, 'must not be empty')
        .max(SUBJECT_MAX_LENGTH, {
          error: `must have at most ${SUBJECT_MAX_LENGTH} characters`,
          abort: true,
        })
        .refine((value) => !CONTROL.test(value), 'must not hold line ends or other control characters')
        .refine(wellFormed, 'must be well-formed Unicode')
        .meta({ example: 'Account created' }),
      content: string()
        .min(1, 'must not be empty')
        .refine(
          (value) => !CONTROL_IN_TEXT.test(value),
          'must not hold control characters but tab and line ends',
        )
        .refine(wellFormed, 'must be well-formed Unicode')
        .meta({ description: 'Plain text', example: 'Hello Jane, your account is ready.' }),
      from: z
        .unknown()
        .optional()
        .meta({ deprecated: true, description: 'Ignored: the sender is AWS_MAIL_SERVER_FROM_ADDRESS' }),
      toEmails: addresses().meta({ example: ['jane@example.com'] }),
      ccEmails: addresses().nullish(),
      bccEmails: addresses().nullish(),
    },
    { error: 'must be a JSON object' },
  )
  .meta({
    id: 'SendMail',
    description: '1 to 50 recipients in all; one that is named twice, in any case, counts once',
  });

/** What {@link sendMailSchema} parses into. */
export type SendMail = z.infer<typeof sendMailSchema>;
