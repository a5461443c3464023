import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { ServiceDescription } from '../service-description.js';
import { Tracer } from './tracer.js';
import { startTracing, type Tracing } from './tracing.js';
import type { TracingConfig } from './tracing.variables.js';

/** Injection token of the process's {@link Tracing}. */
export const TRACING = Symbol('Tracing');

/** Gives every feature the {@link Tracer}. */
@Module({})
export class TracingModule implements OnApplicationShutdown {
  constructor(@Inject(TRACING) private readonly tracing: Tracing) {}

  static forRoot(
    service: ServiceDescription,
    config: TracingConfig & { APP_VERSION: string },
  ): DynamicModule {
    return {
      module: TracingModule,
      global: true,
      providers: [
        { provide: TRACING, useFactory: () => startTracing(service, config) },
        { provide: Tracer, inject: [TRACING], useFactory: ({ tracer }: Tracing) => tracer },
      ],
      exports: [Tracer, TRACING],
    };
  }

  onApplicationShutdown(): void {
    this.tracing.stop();
  }
}
