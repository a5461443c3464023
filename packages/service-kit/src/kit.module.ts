import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AcceptGuard } from './accept.guard.js';
import type { AuditConfig } from './audit/audit.variables.js';
import { AccessControl } from './auth/access-control.js';
import type { CommonConfig } from './config.js';
import { HealthChecks, HealthController } from './health.js';
import { Lifecycle } from './lifecycle.js';
import { ACCESS_LOG_SAMPLE_RATE, loggingModule } from './logging.js';
import { BUILD_INFO, Metrics } from './metrics/metrics.js';
import { METRICS_ADDRESS, MetricsServer } from './metrics/metrics.server.js';
import { ProblemFilter } from './problem.filter.js';
import { isForDevelopment, type Openness, type ProtectionConfig } from './protection/protection.variables.js';
import { RateLimits } from './protection/rate-limits.js';
import { RouteTable } from './route-table.js';
import type { ServiceDescription } from './service-description.js';
import { TracingModule } from './tracing/tracing.module.js';
import type { TracingConfig } from './tracing/tracing.variables.js';
import { ValidationPipe } from './validation.pipe.js';

/** What the kit needs to know. */
export type KitConfig = CommonConfig &
  TracingConfig &
  AuditConfig &
  ProtectionConfig &
  Openness & { readonly METRICS_PORT: number };

/** What every service of this product has: validation, problem answers, health, lifecycle, logs, metrics, traces. */
@Module({})
export class KitModule {
  static forRoot(service: ServiceDescription, config: KitConfig): DynamicModule {
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
        AccessControl,
        HealthChecks,
        Lifecycle,
        Metrics,
        MetricsServer,
        RateLimits,
        RouteTable,
        {
          provide: BUILD_INFO,
          useValue: { service: service.name, version: config.APP_VERSION, node: process.version },
        },
        { provide: ACCESS_LOG_SAMPLE_RATE, useValue: config.ACCESS_LOG_SAMPLE_RATE },
        {
          provide: METRICS_ADDRESS,
          useValue: {
            host: config.HOST,
            port: config.METRICS_PORT,
            isForDevelopment: isForDevelopment(config),
          },
        },
        { provide: APP_PIPE, useClass: ValidationPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AcceptGuard },
      ],
      exports: [
        ACCESS_LOG_SAMPLE_RATE,
        AccessControl,
        HealthChecks,
        Lifecycle,
        Metrics,
        METRICS_ADDRESS,
        MetricsServer,
        RateLimits,
        RouteTable,
      ],
    };
  }
}
