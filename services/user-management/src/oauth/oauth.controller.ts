import {
  Body,
  Controller,
  Header,
  Headers,
  HttpCode,
  Post,
  Req,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { UnauthorizedError } from '@usermgmt/service-kit/auth/auth-errors';
import { TokenVerifier } from '@usermgmt/service-kit/auth/token-verifier';
import { FORM_ROUTE } from '@usermgmt/service-kit/json-body';
import { ApiProblem } from '@usermgmt/service-kit/openapi';
import { networkOf } from '@usermgmt/service-kit/protection/client-network';
import type { FastifyRequest } from 'fastify';
import { decodeJwt } from 'jose';
import { clientOf } from './form-client.js';
import { LocalOnlyGuard } from './local-only.guard.js';
import { LoginLimit } from './login-limit.guard.js';
import { OAuthClients } from './oauth-clients.js';
import { OAuthError, OAuthErrorFilter } from './oauth-error.js';
import {
  checkedTokenSchema,
  oauthErrorSchema,
  type TokenParameter,
  type TokenRequest,
  tokenRequestSchema,
  type TokenResponse,
  tokenResponseSchema,
  tokenSchema,
} from './oauth.schemas.js';
import { OAuthService } from './oauth.service.js';

/** Tokens for users and programs (RFC 6749, RFC 7009), at the original's paths. Bodies are forms. */
@ApiTags('tokens')
@ApiConsumes('application/x-www-form-urlencoded')
@ApiResponse({ status: 400, description: 'An error of RFC 6749', standardSchema: oauthErrorSchema })
@ApiResponse({ status: 401, description: 'invalid_client', standardSchema: oauthErrorSchema })
@ApiProblem(404, 'NO_TOKENS_HERE')
@ApiProblem(413, 'PAYLOAD_TOO_LARGE')
@ApiProblem(415, 'UNSUPPORTED_MEDIA_TYPE')
@ApiProblem(503, 'DATABASE_UNAVAILABLE', 'TOO_BUSY')
@UseGuards(LocalOnlyGuard)
@UseFilters(OAuthErrorFilter)
@Controller('oauth')
export class OAuthController {
  constructor(
    private readonly oauth: OAuthService,
    private readonly clients: OAuthClients,
    private readonly verifier: TokenVerifier,
  ) {}

  @Post('token')
  @HttpCode(200)
  @UseGuards(LoginLimit)
  @RouteConfig(FORM_ROUTE)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A token, by password, by the client itself, or by a refresh token' })
  @ApiResponse({ status: 200, standardSchema: tokenResponseSchema })
  @ApiProblem(429, 'TOO_MANY_REQUESTS', 'LOGIN_DELAYED')
  token(
    @Body({ schema: tokenRequestSchema }) request: TokenRequest,
    @Headers('authorization') authorization: string | undefined,
    @Req() http: FastifyRequest,
  ): Promise<TokenResponse> {
    return this.oauth.grant(request, clientOf(this.clients, authorization, request), networkOf(http));
  }

  @Post('revoke')
  @HttpCode(200)
  @RouteConfig(FORM_ROUTE)
  @ApiOperation({ summary: 'Ends a refresh token, and all others of the same login' })
  @ApiResponse({ status: 200, description: 'It does not count, or no more; no body' })
  async revoke(
    @Body({ schema: tokenSchema }) request: TokenParameter,
    @Headers('authorization') authorization: string | undefined,
  ): Promise<void> {
    await this.oauth.revoke(request.token, clientOf(this.clients, authorization, request));
  }

  @Post('check_token')
  @HttpCode(200)
  @RouteConfig(FORM_ROUTE)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What an access token says, if it counts; for clients with a secret' })
  @ApiResponse({ status: 200, standardSchema: checkedTokenSchema })
  async check(
    @Body({ schema: tokenSchema }) request: TokenParameter,
    @Headers('authorization') authorization: string | undefined,
  ): Promise<object> {
    const client = clientOf(this.clients, authorization, request);
    if (client.secretSha256 === undefined) {
      throw new OAuthError('unauthorized_client', 'A client without a secret may not ask');
    }
    try {
      await this.verifier.verify(request.token);
    } catch (error) {
      if (error instanceof UnauthorizedError)
        throw new OAuthError('invalid_token', 'Token was not recognised');
      throw error;
    }
    const { stamp: _stamp, ...claims } = decodeJwt(request.token);
    return { ...claims, active: true };
  }
}
