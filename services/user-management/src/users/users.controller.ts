import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblem } from '@usermgmt/service-kit/openapi';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import type { UserRow } from './user.js';
import {
  type ListUsers,
  listUsersSchema,
  type NewUser,
  newUserSchema,
  type PatchUser,
  patchUserSchema,
  type ReplaceUser,
  replaceUserSchema,
  type UserModel,
  userSchema,
} from './user.schemas.js';
import { UsersService } from './users.service.js';

const DEFAULT_LIMIT = 100;

/** Users over HTTP: paths, status codes and headers; the rules are in UsersService. */
@ApiTags('users')
@ApiProblem(503, 'DATABASE_UNAVAILABLE')
@Controller()
export class UsersController {
  constructor(
    private readonly users: UsersService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('users')
  @ApiOperation({
    summary: 'Everybody, streamed; or a page, or the one with an address',
    description:
      'Without parameters: all users in the order of their names. With `limit` or `after`: a page, ' +
      'and a `Link` header (RFC 8288) to the next one. With `email`: an array of one user or none.',
  })
  @ApiResponse({ status: 200, standardSchema: userSchema, isArray: true })
  @ApiProblem(400, 'VALIDATION_FAILED')
  async list(
    @Query({ schema: listUsersSchema }) { limit, after, email }: ListUsers,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserModel[] | StreamableFile> {
    if (email !== undefined) return this.shown(await this.users.findByEmail(email));
    if (limit === undefined && after === undefined) return this.everybody();
    const size = limit ?? DEFAULT_LIMIT;
    // One more than asked for tells whether there is a next page.
    const rows = await this.users.page(after, size + 1);
    const page = rows.slice(0, size);
    const last = page.at(-1);
    if (rows.length > size && last) {
      const query = new URLSearchParams({ limit: String(size), after: last.username });
      void reply.header('link', `</usermgmt/users?${query.toString()}>; rel="next"`);
    }
    return this.shown(page);
  }

  @Get('user/:username')
  @ApiOperation({ summary: 'One user, by name in any case and with any accents' })
  @ApiParam({ name: 'username', type: String })
  @ApiResponse({ status: 200, standardSchema: userSchema })
  @ApiProblem(404, 'USER_NOT_FOUND')
  async get(@Param('username') username: string): Promise<UserModel> {
    return toModel(await this.users.get(username), null);
  }

  @Post('user')
  @ApiOperation({
    summary: 'Sign up: makes a user with ROLE_USER and sends a mail',
    description:
      '`role` must be given, as ever, but everybody gets ROLE_USER here; other roles: POST /adminuser.',
  })
  @ApiResponse({
    status: 201,
    standardSchema: userSchema,
    headers: { Location: { schema: { type: 'string' } } },
  })
  @ApiProblem(400, 'VALIDATION_FAILED', 'MALFORMED_JSON')
  @ApiProblem(409, 'USERNAME_TAKEN', 'EMAIL_TAKEN')
  @ApiProblem(413, 'PAYLOAD_TOO_LARGE')
  @ApiProblem(415, 'UNSUPPORTED_MEDIA_TYPE')
  async signUp(
    @Body({ schema: newUserSchema }) user: NewUser,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserModel> {
    return created(await this.users.signUp(user, `Root=${request.id}`), reply);
  }

  @Post('adminuser')
  @ApiOperation({ summary: 'Makes a user with any role; sends no mail' })
  @ApiResponse({
    status: 201,
    standardSchema: userSchema,
    headers: { Location: { schema: { type: 'string' } } },
  })
  @ApiProblem(400, 'VALIDATION_FAILED', 'MALFORMED_JSON')
  @ApiProblem(403, 'ADMIN_API_CLOSED')
  @ApiProblem(409, 'USERNAME_TAKEN', 'EMAIL_TAKEN')
  @ApiProblem(413, 'PAYLOAD_TOO_LARGE')
  @ApiProblem(415, 'UNSUPPORTED_MEDIA_TYPE')
  async createByAdmin(
    @Body({ schema: newUserSchema }) user: NewUser,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserModel> {
    return created(await this.users.createByAdmin(user), reply);
  }

  @Put('user')
  @ApiOperation({ summary: 'Changes e-mail address, first and last name of the user named in the body' })
  @ApiResponse({ status: 200, description: 'Changed; no body' })
  @ApiProblem(400, 'VALIDATION_FAILED', 'MALFORMED_JSON')
  @ApiProblem(404, 'USER_NOT_FOUND')
  @ApiProblem(409, 'EMAIL_TAKEN')
  @ApiProblem(413, 'PAYLOAD_TOO_LARGE')
  @ApiProblem(415, 'UNSUPPORTED_MEDIA_TYPE')
  async replace(@Body({ schema: replaceUserSchema }) user: ReplaceUser): Promise<void> {
    await this.users.replace(user);
  }

  @Patch('user/:username')
  @ApiOperation({
    summary: 'Changes what is given: enabled, e-mail address, names, or (where open) the role',
  })
  @ApiParam({ name: 'username', type: String })
  @ApiResponse({ status: 200, standardSchema: userSchema })
  @ApiProblem(400, 'VALIDATION_FAILED', 'MALFORMED_JSON')
  @ApiProblem(403, 'ADMIN_API_CLOSED')
  @ApiProblem(404, 'USER_NOT_FOUND')
  @ApiProblem(409, 'EMAIL_TAKEN')
  @ApiProblem(413, 'PAYLOAD_TOO_LARGE')
  @ApiProblem(415, 'UNSUPPORTED_MEDIA_TYPE')
  async patch(
    @Param('username') username: string,
    @Body({ schema: patchUserSchema }) changes: PatchUser,
  ): Promise<UserModel> {
    return toModel(await this.users.patch(username, changes), null);
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

  private shown(rows: UserRow[]): UserModel[] {
    return rows.map((row) => toModel(row, this.config.APP_VERSION));
  }

  /** A short list is sent as it is; a long one a page at a time, as fast as the client reads. */
  private async everybody(): Promise<UserModel[] | StreamableFile> {
    const pages = this.users.all();
    const first = await pages.next();
    if (first.done) return [];
    const second = await pages.next();
    if (second.done) return this.shown(first.value);
    const json = this.stream(first.value, second.value, pages);
    return new StreamableFile(Readable.from(json, { objectMode: false }), {
      type: 'application/json; charset=utf-8',
    });
  }

  private async *stream(
    first: UserRow[],
    second: UserRow[],
    pages: AsyncGenerator<UserRow[]>,
  ): AsyncGenerator<string> {
    const text = (rows: UserRow[]): string => JSON.stringify(this.shown(rows)).slice(1, -1);
    yield `[${text(first)}`;
    yield text(second) && `,${text(second)}`;
    for await (const page of pages) yield text(page) && `,${text(page)}`;
    yield ']';
  }
}

function toModel(row: UserRow, appversion: string | null): UserModel {
  const { username, email, role, enabled, firstname, lastname } = row;
  return { username, email, role, enabled, firstname, lastname, appversion };
}

function created(row: UserRow, reply: FastifyReply): UserModel {
  void reply.header('location', `/usermgmt/user/${encodeURIComponent(row.username)}`);
  return toModel(row, null);
}
