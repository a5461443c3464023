import { Readable } from 'node:stream';
import { Controller, Get, Inject, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblem } from '@usermgmt/service-kit/openapi';
import type { FastifyReply } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import type { UserRow } from './user.js';
import { toModel } from './user.model.js';
import { type ListUsers, listUsersSchema, type UserModel, userSchema } from './user.schemas.js';
import { UsersService } from './users.service.js';

const DEFAULT_LIMIT = 100;

/** Many users over HTTP: everybody, streamed, or a page. */
@ApiTags('users')
@ApiProblem(503, 'DATABASE_UNAVAILABLE', 'SCHEMA_NOT_READY')
@Controller()
export class UserListController {
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
