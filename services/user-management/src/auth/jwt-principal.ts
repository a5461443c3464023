import { claimAt, textsOf } from '@usermgmt/service-kit/auth/claims';
import type { Claims } from '@usermgmt/service-kit/auth/jwt.verifier';
import type { Principal } from '@usermgmt/service-kit/auth/principal';
import type { Config } from '../config.js';

type Mapping = Pick<Config, 'AUTH_USERNAME_CLAIM' | 'AUTH_ROLES_CLAIM' | 'AUTH_ROLES_MAP'>;

/** Whom the token of a foreign issuer stands for: a user, if it names one, otherwise a client. */
export function principalOfJwt(claims: Claims, config: Mapping): Principal {
  const username = claimAt(claims, config.AUTH_USERNAME_CLAIM);
  const isUser = typeof username === 'string' && username !== '';
  const values = textsOf(claimAt(claims, config.AUTH_ROLES_CLAIM));
  const meaning = new Map(Object.entries(config.AUTH_ROLES_MAP));
  return {
    kind: isUser ? 'user' : 'client',
    subject: isUser ? username : claims.sub,
    roles: values.map((value) => meaning.get(value) ?? value),
  };
}
