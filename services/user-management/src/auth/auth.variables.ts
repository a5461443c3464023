import { jwtVariables, openVariables } from '@usermgmt/service-kit/auth/auth.variables';
import { z } from 'zod';

const claim = () => z.string().max(200, 'must be the name of a claim');

/** Who gets into user-management, and what their tokens say. */
export const authVariables = {
  AUTH_MODE: z
    .enum(['none', 'jwt'], { error: 'must be none or jwt' })
    .optional()
    .describe(
      'Who gets in: `none` everybody, `jwt` by tokens of an issuer. Not set: `none`, but production wants it said',
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
} as const;

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
