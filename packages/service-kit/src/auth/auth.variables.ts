import { z } from 'zod';
import { flag, integer } from '../config.js';
import { fetchUrl } from '../fetch-target.js';
import type { KeyRequest } from './key-fetch.js';
import type { JwtRules } from './jwt.verifier.js';

/** Signatures that can be checked with a public key (RFC 7518, RFC 8037): no shared secrets, and never `none`. */
const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

const file = (): z.ZodType<string> => z.string().max(4_096, 'must be a path');

/** Stands beside each service's AUTH_MODE, whose modes are its own. */
export const openVariables = {
  AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING: flag()
    .default(false)
    .describe('`true`: AUTH_MODE=none also under NODE_ENV=production, and without the check of web pages'),
} as const;

/** The variables that say which JWTs count. */
export const jwtVariables = (defaultAudience: string) => ({
  AUTH_ISSUER: z.string().max(1_000).optional().describe('What `iss` of a token must be, to the letter'),
  AUTH_AUDIENCE: z
    .string()
    .max(1_000)
    .default(defaultAudience)
    .describe('What `aud` of a token must be or hold'),
  AUTH_JWKS_URL: fetchUrl(/^https?$/, 'must be an http or https URL')
    .optional()
    .describe("The issuer's public keys, as a JWKS"),
  AUTH_JWKS_CA_FILE: file()
    .optional()
    .describe('PEM file with the authorities to trust for that URL instead of the usual ones'),
  AUTH_JWKS_TOKEN_FILE: file()
    .optional()
    .describe('File with a bearer token to show there, as the API server of Kubernetes wants it'),
  AUTH_ALGORITHMS: z
    .string()
    .transform((text) => text.split(','))
    .refine(
      (names) => names.every((name) => ALGORITHMS.includes(name)),
      `must be of ${ALGORITHMS.join(', ')}, with commas between`,
    )
    .default(['RS256', 'ES256', 'EdDSA'])
    .describe('Signatures that count, with commas between'),
  AUTH_CLOCK_SKEW_SECONDS: integer(0, 300).default(30).describe('How far clocks may differ'),
});

/** What the rules below look at. */
export interface ModeConfig {
  NODE_ENV: string;
  AUTH_MODE?: string | undefined;
  AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING: boolean;
}

/** What {@link jwtVariables} parse into. */
export type JwtConfig = z.infer<z.ZodObject<ReturnType<typeof jwtVariables>>>;

export const keyRequestOf = (config: JwtConfig): KeyRequest => ({
  caFile: config.AUTH_JWKS_CA_FILE,
  tokenFile: config.AUTH_JWKS_TOKEN_FILE,
});

/** @param config one in which AUTH_MODE=jwt was found to be complete */
export const jwtRulesOf = (config: JwtConfig, audienceClaim = 'aud'): JwtRules => ({
  issuer: config.AUTH_ISSUER ?? '',
  audience: config.AUTH_AUDIENCE,
  audienceClaim,
  algorithms: config.AUTH_ALGORITHMS,
  clockSkewSeconds: config.AUTH_CLOCK_SKEW_SECONDS,
});

/** For `superRefine`: a rule is looked at also when other variables are wrong, so that all is reported at once. */
export const ALWAYS = { when: () => true };

/** Production is closed unless somebody says, loudly, that it is not. */
export function checkMode(config: ModeConfig, context: z.RefinementCtx): void {
  const { NODE_ENV, AUTH_MODE, AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING: isMeant } = config;
  if (NODE_ENV !== 'production') return;
  if (AUTH_MODE === undefined) {
    context.addIssue({
      path: ['AUTH_MODE'],
      code: 'custom',
      message: 'must be set when NODE_ENV is production',
    });
  } else if (AUTH_MODE === 'none' && !isMeant) {
    context.addIssue({
      path: ['AUTH_MODE'],
      code: 'custom',
      message:
        'must not be none when NODE_ENV is production, unless AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING is true',
    });
  }
}

/** AUTH_MODE=jwt says whose tokens count. */
export function checkJwt(config: ModeConfig & JwtConfig, context: z.RefinementCtx): void {
  if (config.AUTH_MODE !== 'jwt') return;
  for (const name of ['AUTH_ISSUER', 'AUTH_JWKS_URL'] as const) {
    if (config[name] !== undefined) continue;
    context.addIssue({ path: [name], code: 'custom', message: 'must be set when AUTH_MODE is jwt' });
  }
}
