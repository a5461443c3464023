import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type Limit, RateLimits } from '@usermgmt/service-kit/protection/rate-limits';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';

const MINUTE_MS = 60_000;

/** Bounds how often one address may ask for tokens. LoginThrottle bounds wrong passwords by account. */
@Injectable()
export class LoginLimit implements CanActivate {
  private readonly limit: Limit;

  constructor(limits: RateLimits, @Inject(CONFIG) config: Config) {
    this.limit = limits.limit({ name: 'login', max: config.LOGIN_LIMIT_PER_MINUTE, windowMs: MINUTE_MS });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.limit(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}
