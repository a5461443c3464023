import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiProblem } from './openapi.js';

/** The largest body of a route that reads none, in bytes. */
export const DEFAULT_BODY_BYTES = 1_024;

/** What a route reads as its body. */
export interface BodyOptions {
  /** The largest body, in units of 1,024 bytes. */
  readonly maxKilobytes: number;
}

interface BodyConfig {
  readonly bodyBytes?: number;
  readonly form?: boolean;
}

/** Marks a route that reads a JSON body, and documents how a body can be refused. */
export const TakesJson = ({ maxKilobytes }: BodyOptions): MethodDecorator =>
  applyDecorators(
    RouteConfig({ bodyBytes: maxKilobytes * 1_024 } satisfies BodyConfig),
    ApiProblem(400, 'VALIDATION_FAILED', 'MALFORMED_JSON'),
  );

/** Marks a route that reads a form (application/x-www-form-urlencoded), and no JSON. */
export const TakesForm = ({ maxKilobytes }: BodyOptions): MethodDecorator =>
  RouteConfig({ bodyBytes: maxKilobytes * 1_024, form: true } satisfies BodyConfig);

const configOf = (route: { config?: unknown }): BodyConfig => route.config ?? {};

/** Whether the route of a request reads a form. */
export const takesForm = (request: FastifyRequest): boolean => configOf(request.routeOptions).form === true;

const WRITES = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Gives the routes that are added to `fastify` from now on the limits that
 * {@link TakesJson} and {@link TakesForm} state.
 *
 * @throws Error when a route is added that writes and states no limit
 */
export function limitBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const { bodyBytes } = configOf(route);
    if (bodyBytes !== undefined) route.bodyLimit = bodyBytes;
    else if ([route.method].flat().some((method) => WRITES.has(method))) {
      throw new Error(
        `${String(route.method)} ${route.url} states no limit for its body: add @TakesJson or @TakesForm`,
      );
    }
  });
}
