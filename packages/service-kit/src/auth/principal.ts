import { requestContext } from '../request-context.js';

/** Whom a request acts as. */
export interface Principal {
  /** A person, a program, or (AUTH_MODE=none) whoever it was: nobody was asked. */
  readonly kind: 'user' | 'client' | 'everybody';
  /** The user's name or the client's id, as the token spells it; empty for everybody. */
  readonly subject: string;
  readonly roles: readonly string[];
}

/** With AUTH_MODE=none every request acts as this, and may do everything. */
export const EVERYBODY: Principal = Object.freeze({ kind: 'everybody', subject: '', roles: [] });

/** Whom the request that runs at the moment acts as; undefined: it brought no token, or none that counts. */
export function currentPrincipal(): Principal | undefined {
  return requestContext.getStore()?.principal;
}

/**
 * The user whose record alone the current request may reach, by the exact name in the token; undefined: the request
 * is not restricted to one record.
 */
export function currentOwner(): string | undefined {
  return requestContext.getStore()?.owner;
}
