import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { AppError } from './app-error.js';

const MEDIA_TYPES = 'media-types';
const JSON_TYPES = ['application/json'];

/**
 * Marks a route that answers plain text. JSON clients get it too, as they did
 * from the original, whose text routes answered whatever was asked for.
 */
export const AnswersText = (): MethodDecorator =>
  SetMetadata(MEDIA_TYPES, ['text/plain', 'application/json']);

/**
 * Answers 406 where a read can't be had in a form that the Accept header allows.
 *
 * Writes are not refused for it: they were accepted by the original, which
 * answered with no body, and RFC 9110 (15.5.7) lets a server disregard Accept.
 */
@Injectable()
export class AcceptGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const types = this.reflector.get<string[] | undefined>(MEDIA_TYPES, context.getHandler());
    const { accept = '*/*' } = request.headers;
    if (accept !== '*/*' && (request.method === 'GET' || request.method === 'HEAD')) {
      if (new Negotiator(request.raw).mediaTypes(types ?? JSON_TYPES).length === 0) {
        throw new AppError(406, 'NOT_ACCEPTABLE', `This is available as ${(types ?? JSON_TYPES)[0]} only`);
      }
    }
    if (types) void context.switchToHttp().getResponse<FastifyReply>().type('text/plain; charset=utf-8');
    return true;
  }
}
