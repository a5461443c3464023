import { closeSync, openSync } from 'node:fs';
import { z } from 'zod';
import { SECRET } from '../config.js';

/** The environment of the audit lines. */
export const auditVariables = {
  AUDIT_KEY: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe(
      'Secret that makes the pseudonyms in audit lines, one for all; not set: a new one at each start',
    )
    .meta(SECRET),
  AUDIT_FILE: z
    .string()
    .refine(isWritable, 'must be the path of a file that can be written')
    .optional()
    .describe('File to add audit lines to; not set: standard output, among the other lines'),
} as const;

/** What {@link auditVariables} parse into. */
export type AuditConfig = z.infer<z.ZodObject<typeof auditVariables>>;

function isWritable(path: string): boolean {
  try {
    closeSync(openSync(path, 'a'));
    return true;
  } catch {
    return false;
  }
}
