import { Controller, Get, HttpCode, Inject, Param, Req } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { AppError } from '@usermgmt/service-kit/app-error';
import { currentPrincipal } from '@usermgmt/service-kit/auth/principal';
import { ApiProblem } from '@usermgmt/service-kit/openapi';
import { networkOf } from '@usermgmt/service-kit/protection/client-network';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { UsersService } from './users.service.js';

/**
 * The original's two GETs that write. Crawlers, prefetching browsers and link
 * checkers follow GETs, so they are off unless LEGACY_WRITING_GETS is true.
 */
@ApiTags('legacy')
@ApiProblem(405, 'METHOD_NOT_ALLOWED')
@ApiProblem(404, 'USER_NOT_FOUND')
@Controller()
export class LegacyWritesController {
  constructor(
    private readonly users: UsersService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('status/:username')
  @HttpCode(200)
  @ApiParam({ name: 'username', type: String })
  @ApiOperation({
    deprecated: true,
    summary: 'With LEGACY_WRITING_GETS: toggles enabled. Use PATCH /user/{username}',
  })
  async toggle(@Param('username') username: string, @Req() request: FastifyRequest): Promise<void> {
    this.assertAllowed(request);
    await this.users.toggleEnabled(username);
  }

  @Get('user/activate/:username')
  @HttpCode(200)
  @ApiParam({ name: 'username', type: String })
  @ApiOperation({
    deprecated: true,
    summary: 'With LEGACY_WRITING_GETS: enables. Use PATCH /user/{username}',
  })
  async activate(@Param('username') username: string, @Req() request: FastifyRequest): Promise<void> {
    this.assertAllowed(request);
    await this.users.patch(username, { enabled: true }, currentPrincipal(), networkOf(request));
  }

  private assertAllowed(request: FastifyRequest): void {
    const { LEGACY_WRITING_GETS: legacy } = this.config;
    if (legacy && request.method === 'GET') return;
    throw new AppError(
      405,
      'METHOD_NOT_ALLOWED',
      'Reading must not write: send PATCH /usermgmt/user/{username} with {"enabled": true or false}',
      { headers: { allow: legacy ? 'GET, OPTIONS' : 'OPTIONS', link: '</usermgmt/docs>; rel="help"' } },
    );
  }
}
