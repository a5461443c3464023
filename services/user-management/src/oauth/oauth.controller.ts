import { Body, Controller, Header, HttpCode, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { UnauthorizedError } from '@usermgmt/service-kit/auth/auth-errors';
import { TokenVerifier } from '@usermgmt/service-kit/auth/token-verifier';
import { TakesForm } from '@usermgmt/service-kit/body-limits';
import { ApiProblem } from '@usermgmt/service-kit/openapi';
import { networkOf } from '@usermgmt/service-kit/protection/client-network';
import type { FastifyRequest } from 'fastify';
import { decodeJwt } from 'jose';
import { ClientAuthentication } from './client-authentication.js';
import { LocalOnlyGuard } from './local-only.guard.js';
import { LoginLimit } from './login-limit.guard.js';
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
@ApiProblem(503, 'DATABASE_UNAVAILABLE', 'SCHEMA_NOT_READY', 'TOO_BUSY')
@UseGuards(LocalOnlyGuard)
@UseFilters(OAuthErrorFilter)
@Controller('oauth')
export class OAuthController {
  constructor(
    private readonly oauth: OAuthService,
    private readonly clients: ClientAuthentication,
    private readonly verifier: TokenVerifier,
  ) {}

  @Post('token')
  @HttpCode(200)
  @UseGuards(LoginLimit)
  @TakesForm({ maxKilobytes: 20 })
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A token, by password, by the client itself, or by a refresh token' })
  @ApiResponse({ status: 200, standardSchema: tokenResponseSchema })
  @ApiProblem(429, 'TOO_MANY_REQUESTS', 'LOGIN_DELAYED')
  token(
    @Body({ schema: tokenRequestSchema }) request: TokenRequest,
    @Req() http: FastifyRequest,
  ): Promise<TokenResponse> {
    return this.oauth.grant(request, this.clients.clientOf(http, request), networkOf(http));
  }

  @Post('revoke')
  @HttpCode(200)
  @TakesForm({ maxKilobytes: 20 })
  @ApiOperation({ summary: 'Ends a refresh token, and all others of the same login' })
  @ApiResponse({ status: 200, description: 'It does not count, or no more; no body' })
  async revoke(
    @Body({ schema: tokenSchema }) request: TokenParameter,
    @Req() http: FastifyRequest,
  ): Promise<void> {
    await this.oauth.revoke(request.token, this.clients.clientOf(http, request));
  }

  @Post('check_token')
  @HttpCode(200)
  @TakesForm({ maxKilobytes: 20 })
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'What a valid access token says, with the current authorities; for clients with a secret',
  })
  @ApiResponse({ status: 200, standardSchema: checkedTokenSchema })
  async check(
    @Body({ schema: tokenSchema }) request: TokenParameter,
    @Req() http: FastifyRequest,
  ): Promise<object> {
    const client = this.clients.clientOf(http, request);
    if (client.secretSha256 === undefined) {
      throw new OAuthError('unauthorized_client', 'A client without a secret may not ask');
    }
    const roles = await this.currentRolesOf(request.token);
    const { stamp: _stamp, ...claims } = decodeJwt(request.token);
    return { ...claims, authorities: roles, active: true };
  }

  /** The roles with which a request would act that came with this token now. @throws OAuthError */
  private async currentRolesOf(token: string): Promise<readonly string[]> {
    try {
      return (await this.verifier.verify(token))?.roles ?? [];
    } catch (error) {
      if (error instanceof UnauthorizedError)
        throw new OAuthError('invalid_token', 'Token was not recognised');
      throw error;
    }
  }
}
