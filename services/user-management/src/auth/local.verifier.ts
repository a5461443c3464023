import type { JwtRules } from '@usermgmt/service-kit/auth/jwt.verifier';
import { type Claims, JwtVerifier } from '@usermgmt/service-kit/auth/jwt.verifier';
import { UnauthorizedError } from '@usermgmt/service-kit/auth/auth-errors';
import type { Principal } from '@usermgmt/service-kit/auth/principal';
import { TokenVerifier } from '@usermgmt/service-kit/auth/token-verifier';
import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { OAuthClients } from '../oauth/oauth-clients.js';
import { usernameKey } from '../users/user-key.js';
import type { UserState, UserStates } from './user-states.js';

/** What a token of this service says; what of it still holds is looked up. */
interface TokenPrincipal extends Principal {
  clientId: string;
  /** Only of users. */
  key: string;
  securityStamp: number;
}

/** AUTH_MODE=local: tokens of this service, as long as their client is there and their user is as at the login. */
export class LocalVerifier extends TokenVerifier {
  override readonly header: string;
  private readonly tokens: JwtVerifier<TokenPrincipal>;

  constructor(
    keys: JSONWebKeySet,
    rules: JwtRules,
    private readonly clients: OAuthClients,
    private readonly states: UserStates,
    header: string,
  ) {
    super();
    this.header = header;
    this.tokens = new JwtVerifier(createLocalJWKSet(keys), rules, read);
  }

  override verify(token: string | undefined): Principal | undefined | Promise<Principal | undefined> {
    const found = this.tokens.verify(token);
    if (found instanceof Promise) return found.then((principal) => this.present(principal));
    return found && this.present(found);
  }

  private present(token: TokenPrincipal): Principal | Promise<Principal> {
    const client = this.clients.find(token.clientId);
    if (!client) throw new UnauthorizedError('TOKEN_INVALID');
    if (token.kind === 'client') return { kind: 'client', subject: client.id, roles: client.roles };
    const state = this.states.of(token.key);
    if (state instanceof Promise) return state.then((later) => asNow(token, later));
    return asNow(token, state);
  }
}

function asNow(token: TokenPrincipal, state: UserState | undefined): Principal {
  if (state?.securityStamp !== token.securityStamp) throw new UnauthorizedError('TOKEN_INVALID');
  return state.principal;
}

function read({ sub, client_id, user_name, stamp }: Claims): TokenPrincipal {
  if (typeof client_id !== 'string') throw new UnauthorizedError('TOKEN_INVALID');
  const isUser = typeof user_name === 'string' && typeof stamp === 'number';
  return {
    kind: isUser ? 'user' : 'client',
    subject: sub,
    roles: [],
    clientId: client_id,
    key: isUser ? usernameKey(user_name) : '',
    securityStamp: isUser ? stamp : 0,
  };
}
