import type { Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';

/** Characters of a path with its query. A user name of the longest kind, in percent, has 180. */
export const URL_LIMIT = 4_096;

/**
 * How long a client may keep a connection busy. Who sends or reads slowly, or
 * nothing at all, is cut off. What a body may hold: json-body.ts.
 */
export const CONNECTION_LIMITS = {
  /** Between two requests. Above the idle timeout of an ALB (60 s), so that it never reuses a connection that was just closed. */
  keepAliveTimeout: 65_000,
  /** From a request's first byte to its last. */
  requestTimeout: 30_000,
  /** Without a byte in either direction, such as when nobody reads the answer. Node looks twice before it cuts a write. */
  connectionTimeout: 15_000,
  http: {
    /** Request line and headers, in bytes; Node's default, said here because it is relied on. */
    maxHeaderSize: 16_384,
    /** From a connection's, or a request's, first byte to the end of its headers. */
    headersTimeout: 10_000,
    /** How often the two above are looked at; Node's default is 30 s, which would double them. */
    connectionsCheckingInterval: 1_000,
  },
} as const satisfies FastifyHttpOptions<Server>;
