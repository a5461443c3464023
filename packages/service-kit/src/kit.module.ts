import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AcceptGuard } from './accept.guard.js';
import type { CommonConfig } from './config.js';
import { HealthChecks, HealthController } from './health.js';
import { Lifecycle } from './lifecycle.js';
import { loggingModule } from './logging.js';
import { ProblemFilter } from './problem.filter.js';
import { RouteTable } from './route-table.js';
import type { ServiceDescription } from './service-description.js';
import { TracingModule } from './tracing/tracing.module.js';
import type { TracingConfig } from './tracing/tracing.variables.js';
import { ValidationPipe } from './validation.pipe.js';

/** What every service of this product has: validation, problem answers, health, lifecycle, logs. */
@Module({})
export class KitModule {
  static forRoot(service: ServiceDescription, config: CommonConfig & TracingConfig): DynamicModule {
    return {
      module: KitModule,
      global: true,
      imports: [
        TerminusModule.forRoot({ errorLogStyle: 'json', logger: false }),
        loggingModule(service.name, config.APP_VERSION, config.LOG_LEVEL),
        TracingModule.forRoot(service, config),
      ],
      controllers: [HealthController],
      providers: [
        HealthChecks,
        Lifecycle,
        RouteTable,
        { provide: APP_PIPE, useClass: ValidationPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AcceptGuard },
      ],
      exports: [HealthChecks, Lifecycle, RouteTable],
    };
  }
}
