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

  /** A limit by address (IPv6: by /64 network). What it counts, no other limit counts. */
  limit({ name, max, windowMs }: LimitOptions): Limit {
    if (max === 0) return () => Promise.resolve();
    const refused = this.refusals(name);
    let count: ReturnType<FastifyInstance['createRateLimit']> | undefined;
    return async (request) => {
      count ??= this.fastify?.createRateLimit({ max, timeWindow: windowMs });
      if (!count) throw new Error('RateLimits.attach() was not called');
      const counted = await count(request);
      if (counted.isAllowed || !counted.isExceeded) return;
      throw refused(counted.ttlInSeconds);
    };
  }

  /**
   * For a limit that the service counts itself. @returns what makes its error, and counts it in the metrics; takes
   * the seconds for Retry-After
   */
  refusals(name: string): (retryAfterSeconds: number) => TooManyRequestsError {
    const refused = this.refused.labels(name);
    return (retryAfterSeconds) => {
      refused.inc();
      return new TooManyRequestsError(retryAfterSeconds);
    };
  }
}
