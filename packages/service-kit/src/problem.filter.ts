import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from './app-error.js';
import { PROBLEM_JSON, problem } from './problem.js';
import { reasonOf, stackOf } from './reason.js';
import { noteProblem } from './request-context.js';
import { RouteTable } from './route-table.js';
import { noteError } from './tracing/request-tracing.js';

/** What Fastify's and Nest's own errors are called in this product. */
const CODES: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ['BAD_REQUEST', 'Bad request'],
  406: ['NOT_ACCEPTABLE', 'This is not available in a form that the Accept header allows'],
  408: ['REQUEST_TIMEOUT', 'The request did not arrive in time'],
  414: ['URI_TOO_LONG', 'The path is too long'],
  415: [
    'UNSUPPORTED_MEDIA_TYPE',
    'The body must be JSON, with Content-Type: application/json (a form for /oauth)',
  ],
  503: ['SHUTTING_DOWN', 'This instance is shutting down'],
};

/** Where there is no route, what else is wrong with a request does not matter. */
const WITHOUT_ROUTE = new Set([400, 404, 413, 415]);

/** Turns whatever was thrown into `application/problem+json`; details of a 5xx go to the log only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('ProblemFilter');

  constructor(private readonly routes: RouteTable) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent || reply.raw.headersSent) return;
    if (isHealthReport(exception)) {
      void reply.status(exception.getStatus()).send(exception.getResponse());
      return;
    }
    const error = this.toAppError(exception, request);
    noteProblem(error.code);
    if (error.code === 'METHOD_NOT_ALLOWED' && request.method === 'OPTIONS') {
      void reply.status(200).headers(error.headers).send();
      return;
    }
    if (error.status >= 500) noteError(request, error.cause ?? error);
    if (error.status >= 500 || error.reason !== undefined) this.log(error, request);
    void reply
      .status(error.status)
      .headers(error.headers)
      .type(PROBLEM_JSON)
      .send(problem(error.status, error.code, error.detail, request.id, error));
  }

  private toAppError(exception: unknown, request: FastifyRequest): AppError {
    const status = statusOf(exception);
    if (request.is404 && WITHOUT_ROUTE.has(status)) return this.noRoute(request);
    if (exception instanceof AppError) return exception;
    if (status === 413) {
      const { bodyLimit } = request.routeOptions;
      const detail = `The body is larger than ${bodyLimit / 1_024} kB`;
      return new AppError(413, 'PAYLOAD_TOO_LARGE', detail, { cause: exception });
    }
    const known = CODES[status];
    if (known) return new AppError(status, ...known, { cause: exception });
    if (status >= 400 && status < 500) return new AppError(status, 'BAD_REQUEST', 'Bad request');
    return new AppError(500, 'INTERNAL_ERROR', 'Something went wrong', { cause: exception });
  }

  private noRoute({ url }: FastifyRequest): AppError {
    const allowed = this.routes.methodsOf(url);
    if (allowed.length === 0) return new AppError(404, 'NOT_FOUND', 'There is nothing at this path');
    return new AppError(405, 'METHOD_NOT_ALLOWED', `This path takes ${allowed.join(', ')}`, {
      headers: { allow: allowed.join(', ') },
    });
  }

  private log(error: AppError, request: FastifyRequest): void {
    const line = {
      msg: `${error.code} ${request.method} ${request.routeOptions.url ?? '(no route)'}`,
      // A cause may tell more than the reason that clients see.
      reason: error.cause === undefined ? (error.reason ?? reasonOf(error)) : reasonOf(error.cause),
    };
    // During an outage every request has one: where it was thrown says nothing new.
    if (error.status <= 499 || error.status === 503) this.logger.warn(line);
    else this.logger.error({ ...line, stack: stackOf(error.cause ?? error).join('\n') });
  }
}

function statusOf(exception: unknown): number {
  if (exception instanceof AppError) return exception.status;
  if (exception instanceof HttpException) return exception.getStatus();
  const status = (exception as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : 500;
}

function isHealthReport(exception: unknown): exception is HttpException {
  if (!(exception instanceof HttpException)) return false;
  const body = exception.getResponse();
  return typeof body === 'object' && 'details' in body && 'info' in body;
}
