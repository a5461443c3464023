import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { networkOf } from '@usermgmt/service-kit/protection/client-network';
import { type Limit, RateLimits } from '@usermgmt/service-kit/protection/rate-limits';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { LoginThrottle } from '../users/login-throttle.js';
import { usernameKey } from '../users/user-key.js';

const MINUTE_MS = 60_000;

/**
 * Bounds how often one address may ask for tokens, and how often anybody may
 * try to log in to one account. Addresses from which an account was logged in
 * to count for themselves, so that strangers cannot use up its owner's share.
 */
@Injectable()
export class LoginLimit implements CanActivate {
  private readonly address: Limit;
  private readonly account: Limit;

  constructor(limits: RateLimits, throttle: LoginThrottle, @Inject(CONFIG) config: Config) {
    this.address = limits.limit({ name: 'login', max: config.LOGIN_LIMIT_PER_MINUTE, windowMs: MINUTE_MS });
    this.account = limits.limit({
      name: 'login-account',
      max: config.LOGIN_LIMIT_PER_ACCOUNT,
      windowMs: MINUTE_MS,
      keyOf: (request) => {
        const account = usernameKey(nameIn(request) ?? '');
        const from = networkOf(request);
        return throttle.isKnown(account, from) ? `${from} ${account}` : account;
      },
    });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    await this.address(request);
    if (nameIn(request) !== undefined) await this.account(request);
    return true;
  }
}

/** Whom a form wants to log in; the names of the others are not looked at. */
function nameIn({ body }: FastifyRequest): string | undefined {
  const { grant_type: grant, username } = (body ?? {}) as Record<string, unknown>;
  return grant === 'password' && typeof username === 'string' && username.length <= 255
    ? username
    : undefined;
}
