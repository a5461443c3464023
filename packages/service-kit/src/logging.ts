import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';

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
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
    },
    forRoutes: [],
  });
}
