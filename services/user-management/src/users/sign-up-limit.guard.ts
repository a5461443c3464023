import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type Limit, RateLimits } from '@usermgmt/service-kit/protection/rate-limits';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config, signUpLimit } from '../config.js';

const HOUR_MS = 3_600_000;

/**
 * Bounds what one address may try at the one write that needs no token: it
 * makes accounts, hashes passwords, sends mails and tells which names are taken.
 */
@Injectable()
export class SignUpLimit implements CanActivate {
  private readonly limit: Limit;

  constructor(limits: RateLimits, @Inject(CONFIG) config: Config) {
    this.limit = limits.limit({ name: 'sign-up', max: signUpLimit(config), windowMs: HOUR_MS });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.limit(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}
