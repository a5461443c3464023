import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { currentPrincipal } from '@usermgmt/service-kit/auth/principal';
import { TakesJson } from '@usermgmt/service-kit/body-limits';
import { ApiProblem } from '@usermgmt/service-kit/openapi';
import { networkOf } from '@usermgmt/service-kit/protection/client-network';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { UserRow } from './user.js';
import { toModel } from './user.model.js';
import {
  type NewUser,
  newUserSchema,
  type PatchUser,
  patchUserSchema,
  type ReplaceUser,
  replaceUserSchema,
  type UserModel,
  userSchema,
} from './user.schemas.js';
import { SignUpLimit } from './sign-up-limit.guard.js';
import { UsersService } from './users.service.js';

/** One user over HTTP: paths, status codes and headers; the rules are in UsersService. */
@ApiTags('users')
@ApiProblem(503, 'DATABASE_UNAVAILABLE', 'SCHEMA_NOT_READY')
@Controller()
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get('user/:username')
  @ApiOperation({ summary: 'One user, by name in any case and with any accents' })
  @ApiParam({ name: 'username', type: String })
  @ApiResponse({ status: 200, standardSchema: userSchema })
  @ApiProblem(404, 'USER_NOT_FOUND')
  async get(@Param('username') username: string): Promise<UserModel> {
    return toModel(await this.users.get(username), null);
  }

  @Post('user')
  @UseGuards(SignUpLimit)
  @ApiOperation({
    summary: 'Sign up: makes a user and sends a mail',
    description:
      'Without a token: a ROLE_USER, disabled until an administrator enables it; SIGN_UP can close it. ' +
      'By an administrator: any role, enabled as asked. With AUTH_MODE=none: always a ROLE_USER, enabled as asked. ' +
      'Without an administrator, one inbox gets at most three mails a day; a further user is made without a mail.',
  })
  @ApiResponse({
    status: 201,
    standardSchema: userSchema,
    headers: { Location: { schema: { type: 'string' } } },
  })
  @TakesJson({ maxKilobytes: 16 })
  @ApiProblem(403, 'SIGN_UP_CLOSED', 'ROLE_NOT_ALLOWED')
  @ApiProblem(409, 'USERNAME_TAKEN', 'EMAIL_TAKEN')
  @ApiProblem(429, 'TOO_MANY_REQUESTS')
  @ApiProblem(503, 'DATABASE_UNAVAILABLE', 'SCHEMA_NOT_READY', 'TOO_BUSY')
  async signUp(
    @Body({ schema: newUserSchema }) user: NewUser,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserModel> {
    return created(
      await this.users.signUp(user, currentPrincipal(), networkOf(request), `Root=${request.id}`),
      reply,
    );
  }

  @Post('adminuser')
  @ApiOperation({ summary: 'Makes a user with any role; sends no mail' })
  @ApiResponse({
    status: 201,
    standardSchema: userSchema,
    headers: { Location: { schema: { type: 'string' } } },
  })
  @TakesJson({ maxKilobytes: 16 })
  @ApiProblem(409, 'USERNAME_TAKEN', 'EMAIL_TAKEN')
  @ApiProblem(503, 'DATABASE_UNAVAILABLE', 'SCHEMA_NOT_READY', 'TOO_BUSY')
  async createByAdmin(
    @Body({ schema: newUserSchema }) user: NewUser,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserModel> {
    return created(await this.users.createByAdmin(user, networkOf(request)), reply);
  }

  @Put('user')
  @ApiOperation({ summary: 'Changes e-mail address, first and last name of the user named in the body' })
  @ApiResponse({ status: 200, description: 'Changed; no body' })
  @TakesJson({ maxKilobytes: 16 })
  @ApiProblem(404, 'USER_NOT_FOUND')
  @ApiProblem(409, 'EMAIL_TAKEN')
  async replace(@Body({ schema: replaceUserSchema }) user: ReplaceUser): Promise<void> {
    await this.users.replace(user);
  }

  @Patch('user/:username')
  @ApiOperation({
    summary: 'Changes what is given: e-mail address, names, password, role, enabled',
    description: 'Another password, role or enabled ends all tokens of the user.',
  })
  @ApiParam({ name: 'username', type: String })
  @ApiResponse({ status: 200, standardSchema: userSchema })
  @TakesJson({ maxKilobytes: 16 })
  @ApiProblem(403, 'WRONG_PASSWORD')
  @ApiProblem(429, 'TOO_MANY_REQUESTS', 'LOGIN_DELAYED')
  @ApiProblem(404, 'USER_NOT_FOUND')
  @ApiProblem(409, 'EMAIL_TAKEN')
  @ApiProblem(503, 'DATABASE_UNAVAILABLE', 'SCHEMA_NOT_READY', 'TOO_BUSY')
  async patch(
    @Param('username') username: string,
    @Body({ schema: patchUserSchema }) changes: PatchUser,
    @Req() request: FastifyRequest,
  ): Promise<UserModel> {
    const from = networkOf(request);
    return toModel(await this.users.patch(username, changes, currentPrincipal(), from), null);
  }

  @Delete('user/:username')
  @HttpCode(200)
  @ApiOperation({ summary: 'Deletes a user' })
  @ApiParam({ name: 'username', type: String })
  @ApiResponse({ status: 200, description: 'Deleted; no body' })
  @ApiProblem(404, 'USER_NOT_FOUND')
  async delete(@Param('username') username: string): Promise<void> {
    await this.users.delete(username);
  }
}

function created(row: UserRow, reply: FastifyReply): UserModel {
  void reply.header('location', `/usermgmt/user/${encodeURIComponent(row.username)}`);
  return toModel(row, null);
}
