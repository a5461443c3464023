import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';

/** How paths are matched, by the application and by this table alike. */
export const ROUTER_OPTIONS = {
  ignoreTrailingSlash: true,
  // A percent-encoded user name of 20 UTF-16 units is at most 180 bytes long.
  maxParamLength: 1_000,
} as const;

/** Which methods a path takes: what a 405 needs for its Allow header. */
@Injectable()
export class RouteTable {
  private readonly router = findMyWay(ROUTER_OPTIONS);
  private readonly methods = new Set<string>();

  /** Listens to the routes that are added to `fastify` from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const name of Array.isArray(method) ? method : [method]) {
        if (this.router.hasRoute(name as HTTPMethod, url)) continue;
        this.methods.add(name);
        this.router.on(name as HTTPMethod, url, () => undefined);
      }
    });
  }

  /** The methods that the path of `url` takes, OPTIONS included, sorted; none if there is no such path. */
  methodsOf(url: string): string[] {
    const path = url.split('?', 1)[0] ?? '/';
    const found = [...this.methods].filter((method) => this.router.find(method as HTTPMethod, path) !== null);
    return found.length === 0 ? [] : [...new Set([...found, 'OPTIONS'])].sort();
  }
}
