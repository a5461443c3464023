import { jwtVariables, openVariables } from '@usermgmt/service-kit/auth/auth.variables';
import { integer, JSON_TEXT } from '@usermgmt/service-kit/config';
import { z } from 'zod';
import { clientsVariable, DEFAULT_CLIENTS } from '../oauth/client-list.js';
import { wrongKeyFile } from '../oauth/signing-keys.js';

const claim = () => z.string().max(200, 'must be the name of a claim');

/** Who gets into user-management, and what their tokens say. */
export const authVariables = {
  AUTH_MODE: z
    .enum(['none', 'local', 'jwt'], { error: 'must be none, local or jwt' })
    .optional()
    .describe(
      'Who gets in: `none` everybody, `local` by tokens of this service, `jwt` of an issuer. Not set: `none`, but production wants it said',
    ),
  ...openVariables,
  ...jwtVariables('usermgmt'),
  AUTH_AUDIENCE_CLAIM: claim()
    .default('aud')
    .describe('Claim that holds the audience; `client_id` for access tokens of Amazon Cognito'),
  AUTH_TOKEN_HEADER: z
    .string()
    .regex(/^[\w-]{1,100}$/, 'must be the name of a header')
    .transform((name) => name.toLowerCase())
    .default('authorization')
    .describe('Header with the token; `x-amzn-oidc-accesstoken` behind an ALB that logs people in'),
  AUTH_USERNAME_CLAIM: claim()
    .default('sub')
    .describe(
      'Claim that holds the user name: whose record is the own one; `username`, `preferred_username`',
    ),
  AUTH_ROLES_CLAIM: claim()
    .default('authorities')
    .describe('Claim that holds the roles; with dots: `realm_access.roles` (Keycloak), `cognito:groups`'),
  AUTH_ROLES_MAP: rolesMap()
    .default({})
    .describe('What its values mean: `admins=ROLE_ADMIN,staff=ROLE_MODERATOR`; others count as they are'),
  AUTH_SIGNING_KEY_FILE: z
    .string()
    .optional()
    .describe(
      '`local`: PEM file with the private key that signs, RSA or Ed25519; `node dist/auth.js key` makes one',
    ),
  AUTH_ACCEPTED_KEY_FILES: z
    .string()
    .transform((text) => text.split(','))
    .default([])
    .describe(
      '`local`: PEM files with other keys that count, with commas between: former ones, and the next',
    ),
  AUTH_CLIENTS: clientsVariable()
    .default(DEFAULT_CLIENTS)
    .describe('`local`: programs that may ask for tokens, as JSON (see Tokens): the text itself, or a file')
    .meta(JSON_TEXT),
  AUTH_TOKEN_SECONDS: integer(60, 86_400).default(3_600).describe('`local`: lifetime of an access token'),
  AUTH_REFRESH_TOKEN_SECONDS: integer(60, 31_536_000)
    .default(43_200)
    .describe('`local`: after how long a password must be given again, however often tokens were refreshed'),
  AUTH_USER_CHECK_SECONDS: integer(0, 3_600)
    .default(10)
    .describe(
      '`local`: how long an access token may outlive a change of password, role or enabled; 0: not at all, for a query a request',
    ),
  SIGN_UP: z
    .enum(['open', 'closed'], { error: 'must be open or closed' })
    .default('open')
    .describe(
      'Whether POST /user without a token makes a (disabled) user; with AUTH_MODE=none it always does',
    ),
} as const;

/** `local` has a key to sign with, and all keys can be read. */
export function checkLocal(config: LocalConfig, context: z.RefinementCtx): void {
  if (config.AUTH_MODE !== 'local') return;
  const { AUTH_SIGNING_KEY_FILE: signing, AUTH_ACCEPTED_KEY_FILES: accepted } = config;
  const problems = {
    AUTH_SIGNING_KEY_FILE:
      signing === undefined ? 'must be set when AUTH_MODE is local' : wrongKeyFile(signing, 'private'),
    AUTH_ACCEPTED_KEY_FILES: accepted.map((file) => wrongKeyFile(file, 'any')).find(Boolean),
  };
  for (const [name, message] of Object.entries(problems)) {
    if (message !== undefined) context.addIssue({ path: [name], code: 'custom', message });
  }
}

interface LocalConfig {
  AUTH_MODE?: string | undefined;
  AUTH_SIGNING_KEY_FILE?: string | undefined;
  AUTH_ACCEPTED_KEY_FILES: readonly string[];
}

/** `value=ROLE,value=ROLE`. */
function rolesMap() {
  return z
    .string()
    .regex(
      /^[^=,]+=ROLE_(?:ADMIN|MODERATOR|USER)(?:,[^=,]+=ROLE_(?:ADMIN|MODERATOR|USER))*$/,
      'must be value=ROLE_ADMIN, ROLE_MODERATOR or ROLE_USER, with commas between the pairs',
    )
    .transform(
      (text) => Object.fromEntries(text.split(',').map((pair) => pair.split('='))) as Record<string, string>,
    );
}
