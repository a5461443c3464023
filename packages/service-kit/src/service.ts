import { type DynamicModule, Logger } from '@nestjs/common';
import type { z } from 'zod';
import { createApplication } from './application.js';
import { ConfigError, describeConfig, loadConfig } from './config.js';
import type { KitConfig } from './kit.module.js';
import { MetricsServer } from './metrics/metrics.server.js';
import { Lifecycle } from './lifecycle.js';
import { reasonOf, stackOf } from './reason.js';
import type { ServiceDescription } from './service-description.js';
import { shutDownOnSignal } from './shutdown.js';

/** The exit code for a wrong configuration: EX_CONFIG of sysexits.h. */
const EXIT_CONFIG = 78;

/** What {@link runService} needs to know of a configuration. */
export type ServiceConfig = KitConfig & { readonly PORT: number };

/** Parses a command's configuration; if it is wrong, says all that is wrong and ends the process with 78. */
export function loadConfigOrExit<T extends z.ZodObject>(schema: T): Readonly<z.infer<T>> {
  try {
    return loadConfig(schema, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\nRun with --help for the table of variables.\n`);
    process.exit(EXIT_CONFIG);
  }
}

/** The text of `--help`: what it is, how it is run, and the table of variables. */
export function helpText(usage: string, schema: z.ZodObject): string {
  const rows = describeConfig(schema);
  const width = (key: 'name' | 'default'): number => Math.max(...rows.map((row) => row[key].length));
  const lines = rows.map(
    (row) =>
      `  ${row.name.padEnd(width('name'))}  ${row.default.padEnd(width('default'))}  ${row.description}`,
  );
  return `${usage}\n\nEnvironment (name, default, meaning):\n${lines.join('\n')}\n`;
}

/**
 * Runs a service until SIGTERM or SIGINT: reads its configuration, listens,
 * and on the signal shuts down as {@link shutDownOnSignal} does: at last the
 * modules' own hooks (relay, then database).
 */
export async function runService<T extends z.ZodObject>(
  service: ServiceDescription,
  schema: T,
  createModule: (config: Readonly<z.infer<T>>) => DynamicModule,
): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(
      helpText(`${service.title}: ${service.description}\nUsage: node dist/main.js`, schema),
    );
    return;
  }
  const config = loadConfigOrExit(schema);
  const { HOST, PORT, ...timing } = config as unknown as ServiceConfig;
  const app = await createApplication(service, createModule(config), config as unknown as ServiceConfig);
  shutDownOnSignal(app, timing);
  endOnFatalError();
  try {
    await app.get(MetricsServer).listen();
    await app.listen({ host: HOST, port: PORT });
  } catch (error) {
    const { code, port = PORT } = error as { code?: string; port?: number };
    const variable = port === PORT ? 'PORT' : 'METRICS_PORT';
    const text =
      code === 'EADDRINUSE' ? `port ${port} is taken: stop what uses it, or set ${variable}` : String(code);
    process.stderr.write(`${service.name} cannot listen: ${text}\n`);
    process.exit(1);
  }
  app.get(Lifecycle).started();
  new Logger('main').log(`${service.name} listens on ${HOST}:${PORT}`);
}

/** What nobody caught leaves the process in an unknown state: it is logged, and the process ends for a new one to start. */
function endOnFatalError(): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      new Logger('fatal').fatal({ msg: event, reason: reasonOf(error), stack: stackOf(error).join('\n') });
      process.exit(1);
    });
  }
}
