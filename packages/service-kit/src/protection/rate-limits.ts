import rateLimit from '@fastify/rate-limit';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../app-error.js';
import { Metrics } from '../metrics/metrics.js';

/** Too many requests: the client should wait, and may then repeat it. */
export class TooManyRequestsError extends AppError {
  /** @param retryAfterSeconds sent as Retry-After, at least 1 */
  constructor(retryAfterSeconds: number) {
    super(429, 'TOO_MANY_REQUESTS', 'Too many requests; wait and try again', {
      headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) },
    });
    this.name = 'TooManyRequestsError';
  }
}

/** How many requests of one kind are too many. */
export interface LimitOptions {
  /** As metrics call it. */
  name: string;
  /** Most requests in a window; 0: any number. */
  max: number;
  windowMs: number;
  /** Whose requests are counted together; not given: those of an address (IPv6: of a /64 network). */
  keyOf?: (request: FastifyRequest) => string;
}

/** Counts a request. @throws TooManyRequestsError */
export type Limit = (request: FastifyRequest) => Promise<void>;

/**
 * Makes limits by @fastify/rate-limit. They are kept in memory: each instance
 * counts for itself, and each limit remembers the last 5,000 whom it has seen.
 */
@Injectable()
export class RateLimits {
  private fastify: FastifyInstance | undefined;
  private readonly refused;

  constructor(metrics: Metrics) {
    this.refused = metrics.counter({
      name: 'rate_limited_requests_total',
      help: 'Requests refused with 429, by limit',
      labels: ['limit'],
    });
  }

  /** Must be called before the first request. */
  async attach(fastify: FastifyInstance): Promise<void> {
    await fastify.register(rateLimit, { global: false });
    this.fastify = fastify;
  }

  /** A limit of its own: what it counts, no other counts. */
  limit({ name, max, windowMs, keyOf }: LimitOptions): Limit {
    if (max === 0) return () => Promise.resolve();
    const refused = this.refused.labels(name);
    let count: ReturnType<FastifyInstance['createRateLimit']> | undefined;
    return async (request) => {
      count ??= this.fastify?.createRateLimit({
        max,
        timeWindow: windowMs,
        ...(keyOf && { keyGenerator: keyOf }),
      });
      if (!count) throw new Error('RateLimits.attach() was not called');
      const counted = await count(request);
      if (counted.isAllowed || !counted.isExceeded) return;
      refused.inc();
      throw new TooManyRequestsError(counted.ttlInSeconds);
    };
  }
}
