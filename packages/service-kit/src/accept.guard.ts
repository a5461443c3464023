import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { AppError } from './app-error.js';

const IS_TEXT = 'answers-text';
const ANY_ACCEPT = 'ignores-accept';
const JSON_TYPES = ['application/json'];

/**
 * Marks a route that answers in its one form whatever the Accept header asks for.
 * Probes and load balancers send odd ones, and must learn the state all the same. openapi-common.ts reads the
 * extension, documents no 406, and removes it.
 */
export const IgnoresAccept = (): MethodDecorator =>
  applyDecorators(SetMetadata(ANY_ACCEPT, true), ApiExtension('x-ignores-accept', true));

/** Marks a route that answers plain text, whatever the Accept header asks for: the original's text routes did. */
export const AnswersText = (): MethodDecorator =>
  applyDecorators(SetMetadata(IS_TEXT, true), IgnoresAccept());

/**
 * Answers 406 where a JSON read is asked for in another form by the Accept header.
 *
 * Writes are not refused for it: they were accepted by the original, which
 * answered with no body, and RFC 9110 (15.5.7) lets a server disregard Accept.
 */
@Injectable()
export class AcceptGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const { accept = '*/*' } = request.headers;
    if (isRead && accept !== '*/*' && !this.reflector.get<true | undefined>(ANY_ACCEPT, handler)) {
      if (new Negotiator(request.raw).mediaTypes(JSON_TYPES).length === 0) {
        throw new AppError(406, 'NOT_ACCEPTABLE', 'This is available as application/json only');
      }
    }
    if (this.reflector.get<true | undefined>(IS_TEXT, handler)) {
      void context.switchToHttp().getResponse<FastifyReply>().type('text/plain; charset=utf-8');
    }
    return true;
  }
}
