import type { Principal } from './principal.js';

/** Finds out whom a request acts as; which one is there depends on AUTH_MODE. */
export abstract class TokenVerifier {
  /** Where tokens come: `authorization` with the scheme Bearer, or another header that holds nothing else. */
  readonly header: string = 'authorization';

  /**
   * Without waiting where the answer is known already.
   *
   * @param token what came as bearer token; undefined: none did
   * @returns undefined if nobody in particular asks
   * @throws UnauthorizedError for a token that does not count, UnavailableError if it can't be checked now
   */
  abstract verify(token: string | undefined): Principal | undefined | Promise<Principal | undefined>;
}
