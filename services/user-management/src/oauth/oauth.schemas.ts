import { z } from 'zod';

/** Longer ones are no secrets of ours; hashing them would be work for nothing. */
const text = (max: number) => z.string('must be given once').max(max, `must have at most ${max} characters`);

/** How a client may say who it is, besides HTTP Basic (RFC 6749, 2.3.1). */
const client = { client_id: text(100).optional(), client_secret: text(1_000).optional() };

/** Body of `POST /oauth/token`; which fields are needed depends on the grant. */
export const tokenRequestSchema = z
  .object({
    grant_type: text(100).meta({ examples: ['password'] }),
    username: text(255).optional(),
    password: text(1_000).optional(),
    refresh_token: text(1_000).optional(),
    scope: text(1_000).optional(),
    ...client,
  })
  .meta({ id: 'TokenRequest' });

/** Body of `POST /oauth/check_token` and `POST /oauth/revoke`. */
export const tokenSchema = z
  .object({ token: text(16_000), token_type_hint: text(100).optional(), ...client })
  .meta({ id: 'Token' });

/** Answer of `POST /oauth/token`, in Spring's form. */
export const tokenResponseSchema = z
  .object({
    access_token: z.string(),
    token_type: z.literal('bearer'),
    refresh_token: z.string().optional(),
    expires_in: z.int().meta({ description: 'Seconds' }),
    scope: z.literal('all'),
    jti: z.string(),
  })
  .meta({ id: 'TokenResponse' });

/** Answer of `GET /oauth/token_key`, in Spring's form. */
export const tokenKeySchema = z
  .object({
    alg: z.string().meta({ description: "Java's name of the signature: SHA256withRSA or Ed25519" }),
    value: z.string().meta({ description: 'The public key as PEM' }),
  })
  .meta({ id: 'TokenKey' });

/** Answer of `GET /.well-known/jwks.json` (RFC 7517). */
export const jwksSchema = z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).meta({ id: 'Jwks' });

/** Answer of `POST /oauth/check_token`: the claims, in Spring's form. */
export const checkedTokenSchema = z
  .looseObject({ active: z.literal(true), client_id: z.string(), exp: z.int() })
  .meta({ id: 'CheckedToken' });

/** An error of RFC 6749, 5.2. */
export const oauthErrorSchema = z
  .object({ error: z.string(), error_description: z.string() })
  .meta({ id: 'OAuthError' });

export type TokenRequest = z.infer<typeof tokenRequestSchema>;
export type TokenParameter = z.infer<typeof tokenSchema>;
export type TokenResponse = z.infer<typeof tokenResponseSchema>;
export type TokenKey = z.infer<typeof tokenKeySchema>;
