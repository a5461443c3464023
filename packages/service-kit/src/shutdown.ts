import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { CommonConfig } from './config.js';
import { closeServer, Lifecycle } from './lifecycle.js';

/**
 * Shuts the application down on SIGTERM or SIGINT, in order: not ready, serve on for SHUTDOWN_DELAY_MS, stop accepting,
 * finish what is in flight, then the modules' own hooks. Sets the exit code 1 when one of them fails.
 */
export function shutDownOnSignal(
  app: NestFastifyApplication,
  timing: Pick<CommonConfig, 'SHUTDOWN_DELAY_MS' | 'SHUTDOWN_DEADLINE_MS'>,
): void {
  const logger = new Logger('shutdown');
  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.log(`${signal}: no longer ready`);
    app.get(Lifecycle).drain();
    await new Promise((resolve) => setTimeout(resolve, timing.SHUTDOWN_DELAY_MS));
    await closeServer(app.getHttpServer(), timing.SHUTDOWN_DEADLINE_MS);
    logger.log('no connection left');
    await app.close();
    logger.log('stopped');
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        logger.error(error);
        process.exitCode = 1;
      });
    });
  }
}
