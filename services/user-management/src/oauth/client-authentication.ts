import { Inject, Injectable } from '@nestjs/common';
import { networkOf } from '@usermgmt/service-kit/protection/client-network';
import { RateLimits } from '@usermgmt/service-kit/protection/rate-limits';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { AttemptWindows } from '../users/attempt-windows.js';
import type { OAuthClient } from './client-list.js';
import { clientOf, type ClientInBody } from './form-client.js';
import { OAuthClients } from './oauth-clients.js';
import { OAuthError } from './oauth-error.js';

const MINUTE_MS = 60_000;

/**
 * Finds out which client sends a request to a token route. An address that was
 * wrong LOGIN_LIMIT_PER_MINUTE times within a minute, on any of the routes, is
 * refused until the minute is over; right ones are not counted, because
 * resource servers check tokens often.
 */
@Injectable()
export class ClientAuthentication {
  private readonly wrong = new AttemptWindows(MINUTE_MS);
  private readonly refused: ReturnType<RateLimits['refusals']>;
  private readonly most: number;

  constructor(
    private readonly clients: OAuthClients,
    limits: RateLimits,
    @Inject(CONFIG) config: Pick<Config, 'LOGIN_LIMIT_PER_MINUTE'>,
  ) {
    this.refused = limits.refusals('client-auth');
    this.most = config.LOGIN_LIMIT_PER_MINUTE || Infinity;
  }

  /** @throws OAuthError, TooManyRequestsError */
  clientOf(request: FastifyRequest, body: ClientInBody): OAuthClient {
    const window = this.wrong.of(networkOf(request));
    if (window.count >= this.most) throw this.refused((window.endMs - Date.now()) / 1_000);
    try {
      return clientOf(this.clients, request.headers.authorization, body);
    } catch (error) {
      if (error instanceof OAuthError && error.error === 'invalid_client') window.count += 1;
      throw error;
    }
  }
}
