import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';

/** Nest tells each module and route at start, 40 lines that nobody needs twice. */
const NOISY = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/**
 * JSON logs on standard output, one object a line. Nothing here logs requests,
 * so that no address, name or password of a request can get into a log.
 */
export function loggingModule(service: string, version: string, level: string): DynamicModule {
  return LoggerModule.forRoot({
    pinoHttp: {
      level,
      base: { service, version },
      autoLogging: false,
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(parameters, method) {
          const { context } = (parameters[0] ?? {}) as { context?: string };
          if (context === undefined || !NOISY.has(context)) method.apply(this, parameters);
        },
      },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
    },
    forRoutes: [],
  });
}
