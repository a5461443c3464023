import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { destination } from 'pino';
import { LogStream } from './log-stream.js';
import { timestamp } from './log-time.js';
import { requestContext } from './request-context.js';

/** Injection token of the share of successful requests that are logged. */
export const ACCESS_LOG_SAMPLE_RATE = Symbol('AccessLogSampleRate');

/** Where all lines go, unless something else is said. */
export const stdout = new LogStream(destination({ sync: true }));

/** Nest tells each module and route at start, 40 lines that nobody needs twice. */
const NOISY = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/**
 * JSON logs on standard output, one object a line, with the ids of the request
 * that they belong to. What is logged is named field by field where it is
 * logged: no header, body or error is logged as a whole.
 */
export function loggingModule(service: string, version: string, level: string): DynamicModule {
  return LoggerModule.forRoot({
    pinoHttp: {
      stream: stdout,
      level,
      base: { service, version },
      autoLogging: false,
      mixin: () => {
        const context = requestContext.getStore();
        if (context === undefined || context.root === '') return {};
        const { root: traceId, requestId } = context;
        return requestId === '' ? { traceId } : { traceId, requestId };
      },
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(parameters, method) {
          const { context } = (parameters[0] ?? {}) as { context?: string };
          if (context === undefined || !NOISY.has(context)) method.apply(this, parameters);
        },
      },
      timestamp,
    },
    forRoutes: [],
  });
}
