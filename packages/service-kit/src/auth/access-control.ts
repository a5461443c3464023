import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requestContext } from '../request-context.js';
import { ownerOf, refusal, refusalOfBody } from './access-decision.js';
import { ACCESS_RULES, type Access, type AccessRules } from './access-table.js';
import { bearerToken } from './bearer-token.js';
import { currentPrincipal, type Principal } from './principal.js';
import { TokenVerifier } from './token-verifier.js';

/**
 * Lets requests in by the service's one table. It stands before every route,
 * Nest's and others (the documentation's pages), and before the body is read:
 * a guard would do neither. Only what depends on the body is decided later.
 */
@Injectable()
export class AccessControl {
  /** The table's entries, with the context path. */
  private readonly entries = new Map<string, Access>();
  /** Every route there is, and its entry. */
  private readonly routes = new Map<string, string | undefined>();

  constructor(
    @Inject(ACCESS_RULES) private readonly rules: AccessRules,
    private readonly verifier: TokenVerifier,
  ) {}

  /**
   * Stands before the routes that are added to `fastify` from now on.
   *
   * @param contextPath first segment of every path, without slashes
   */
  attach(fastify: FastifyInstance, contextPath: string): void {
    for (const [route, access] of Object.entries(this.rules.table)) {
      // The entry `GET /` is for the context path itself.
      this.entries.set(route.replace(' ', ` /${contextPath}`).replace(/\/$/, ''), access);
    }
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const name of [method].flat()) this.routes.set(keyOf(name, url), this.entryOf(keyOf(name, url)));
    });
    fastify.addHook('onRequest', (request, _reply, done) => {
      this.admit(request, done);
    });
    fastify.addHook('preHandler', (request, _reply, done) => {
      const access = this.accessOf(request);
      done(access && refusalOfBody(access, currentPrincipal(), request.body, this.rules));
    });
  }

  /** @throws Error that names each route without an entry, and each entry without a route */
  assertComplete(): void {
    const used = new Set(this.routes.values());
    const missing = [...this.routes].filter(([, entry]) => entry === undefined).map(([route]) => route);
    const unused = [...this.entries.keys()].filter((entry) => !used.has(entry));
    if (missing.length + unused.length === 0) return;
    const list = (names: string[]): string => names.join(', ') || 'none';
    throw new Error(
      `access table: routes without an entry: ${list(missing)}; entries without a route: ${list(unused)}`,
    );
  }

  private admit(request: FastifyRequest, done: (error?: Error) => void): void {
    const access = this.accessOf(request);
    // What is not there has no secret: 404 and 405 are for everybody.
    const isOpen = access?.anybody === true || access?.anybody === 'client';
    if (request.is404 || request.routeOptions.url === CORS_ROUTE || isOpen) {
      done();
      return;
    }
    const decide = (principal: Principal | undefined): void => {
      const context = requestContext.getStore();
      if (context) {
        context.principal = principal;
        context.owner = access && ownerOf(access, principal);
      }
      done(refusal(access, principal, request.params as Record<string, unknown>, this.rules));
    };
    try {
      const principal = this.verifier.verify(bearerToken(request.headers, this.verifier.header));
      if (principal instanceof Promise) principal.then(decide, done);
      else decide(principal);
    } catch (error) {
      done(error as Error);
    }
  }

  private accessOf({ method, routeOptions }: FastifyRequest): Access | undefined {
    const entry = this.routes.get(keyOf(method, routeOptions.url ?? ''));
    return entry === undefined ? undefined : this.entries.get(entry);
  }

  private entryOf(route: string): string | undefined {
    if (this.entries.has(route)) return route;
    return [...this.entries.keys()].find(
      (entry) => entry.endsWith('/*') && route.startsWith(entry.slice(0, -1)),
    );
  }
}

/** What @fastify/cors adds for OPTIONS: it passes on to the 404 and 405 of everybody. */
const CORS_ROUTE = '*';

/** HEAD is as GET: Fastify adds it to each. */
const keyOf = (method: string, url: string): string => `${method === 'HEAD' ? 'GET' : method} ${url}`;
