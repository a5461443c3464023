import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ROLES } from '../access-table.js';

/** How a client may get tokens. */
export const GRANTS = ['password', 'client_credentials', 'refresh_token'] as const;

const clientSchema = z
  .strictObject({
    id: z.string().regex(/^[\w.-]{1,100}$/),
    /** SHA-256 of the secret, in hex; without it the client is public, such as a page in a browser. */
    secretSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i)
      .transform((hex) => hex.toLowerCase())
      .optional(),
    grants: z.array(z.enum(GRANTS)).min(1),
    /** What it may do for itself, with the grant client_credentials. */
    roles: z.array(z.enum(ROLES)).default([]),
  })
  .refine(({ secretSha256, grants }) => secretSha256 !== undefined || !grants.includes('client_credentials'));

const clientsSchema = z
  .array(clientSchema)
  .refine((clients) => new Set(clients.map(({ id }) => id)).size === clients.length);

/** A program that may ask for tokens. */
export type OAuthClient = z.infer<typeof clientSchema>;

/** Without AUTH_CLIENTS: the original's client, which may log users in. */
export const DEFAULT_CLIENTS: OAuthClient[] = [
  { id: 'service-account-1', grants: ['password', 'refresh_token'], roles: [] },
];

/** The variable AUTH_CLIENTS: the JSON itself, or a file with it. */
export function clientsVariable() {
  return z.string().transform((text, context) => {
    try {
      const json = text.trimStart().startsWith('[') ? text : readFileSync(text, 'utf8');
      const parsed = clientsSchema.safeParse(JSON.parse(json));
      if (parsed.success) return parsed.data;
    } catch {
      // Reported below, like clients in another form.
    }
    context.addIssue(
      'must be a JSON array of clients, each with id, grants, roles, and secretSha256 for client_credentials, or a readable file with it',
    );
    return z.NEVER;
  });
}
