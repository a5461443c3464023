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
import { type Check, rememberedCheck } from './remembered-check.js';

const CHECK_TIMEOUT_MS = 1_000;

/** How long the state of something outside the process is remembered, in ms. */
export const KEEP_MS = 5_000;

/** Where features say what readiness and the report on dependencies depend on. */
@Injectable()
export class HealthChecks {
  /** A clock in ms that never goes back; a test puts its own here. */
  now = (): number => performance.now();
  private readonly forReadiness = new Map<string, Check>();
  private readonly outside = new Map<string, Check>();

  get readiness(): ReadonlyMap<string, Check> {
    return this.forReadiness;
  }

  get dependencies(): ReadonlyMap<string, Check> {
    return this.outside;
  }

  /** Adds a condition of readiness. It is asked once at a time. */
  requireReady(name: string, check: Check): void {
    this.forReadiness.set(name, this.bounded(check, 0));
  }

  /** Adds something outside the process to the report. It is asked once in {@link KEEP_MS}, however often the report is. */
  dependOn(name: string, check: Check): void {
    this.outside.set(name, this.bounded(check, KEEP_MS));
  }

  private bounded(check: Check, keepMs: number): Check {
    return rememberedCheck(
      () => withTimeout(check),
      keepMs,
      () => this.now(),
    );
  }
}

/** @throws Error when the check takes longer than a second */
async function withTimeout(check: Check): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`));
    }, CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([check(), late]);
  } finally {
    clearTimeout(timer);
  }
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
    try {
      await check();
      return indicator.up();
    } catch (error) {
      return indicator.down({ reason: (error as Error).message });
    }
  }
}
