import { Controller, Get, Injectable } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  type HealthCheckResult,
  HealthCheckService,
  type HealthIndicatorResult,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { IgnoresAccept } from './accept.guard.js';
import { Lifecycle } from './lifecycle.js';

/** Resolves when the thing is well, rejects when it is not. */
export type Check = () => Promise<void>;

const CHECK_TIMEOUT_MS = 1_000;

/** Where features say what readiness and the report on dependencies depend on. */
@Injectable()
export class HealthChecks {
  readonly readiness = new Map<string, Check>();
  readonly dependencies = new Map<string, Check>();
}

/**
 * Three questions, three answers: is the process alive (nothing outside it is
 * asked), does it want requests, and how are the things that it uses.
 */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly checks: HealthChecks,
    private readonly lifecycle: Lifecycle,
  ) {}

  @Get('live')
  @IgnoresAccept()
  @HealthCheck()
  @ApiOperation({ summary: 'Liveness: the event loop turns' })
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('ready')
  @IgnoresAccept()
  @HealthCheck()
  @ApiOperation({ summary: 'Readiness: started, and not shutting down' })
  ready(): Promise<HealthCheckResult> {
    const serving: Check = () =>
      this.lifecycle.isServing ? Promise.resolve() : Promise.reject(new Error('starting or shutting down'));
    return this.report(new Map([['serving', serving], ...this.checks.readiness]));
  }

  @Get('dependencies')
  @IgnoresAccept()
  @HealthCheck()
  @ApiOperation({ summary: 'What this service uses, for people and gauges; no probe should ask it' })
  dependencies(): Promise<HealthCheckResult> {
    return this.report(this.checks.dependencies);
  }

  private report(checks: ReadonlyMap<string, Check>): Promise<HealthCheckResult> {
    return this.health.check(
      [...checks].map(
        ([name, check]) =>
          () =>
            this.run(name, check),
      ),
    );
  }

  private async run(name: string, check: Check): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(name);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`));
      }, CHECK_TIMEOUT_MS);
    });
    try {
      await Promise.race([check(), late]);
      return indicator.up();
    } catch (error) {
      return indicator.down({ reason: (error as Error).message });
    } finally {
      clearTimeout(timer);
    }
  }
}
