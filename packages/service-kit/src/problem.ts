import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import type { FieldError } from './app-error.js';

export const PROBLEM_JSON = 'application/problem+json';

/** The body of every error answer (RFC 9457), with a stable `code` for programs. */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().meta({ description: "The status code's name" }),
    status: z.int(),
    code: z.string().meta({ description: 'Stable; the thing to compare with', examples: ['USER_NOT_FOUND'] }),
    detail: z.string().meta({ description: 'For people; may change' }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'With VALIDATION_FAILED: one entry a wrong field' }),
    reason: z
      .string()
      .optional()
      .meta({ description: 'What another system said, such as a mail server: names and codes only' }),
    traceId: z.string().meta({ description: 'Finds the request in the logs' }),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problemSchema>;

/** Builds the body of an error answer. */
export function problem(
  status: number,
  code: string,
  detail: string,
  traceId: string,
  { errors, reason }: { errors?: readonly FieldError[] | undefined; reason?: string | undefined } = {},
): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail,
    ...(errors && { errors: [...errors] }),
    ...(reason !== undefined && { reason }),
    traceId,
  };
}
