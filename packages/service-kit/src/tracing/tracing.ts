import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { IsTrusted } from '../protection/trusted-proxies.js';
import type { Requests } from '../requests.js';
import type { ServiceDescription } from '../service-description.js';
import { daemonAddresses, followDaemon } from './daemon.js';
import { RequestTracing } from './request-tracing.js';
import { runtimeInfo } from './runtime-info.js';
import { NoTracer, type Tracer } from './tracer.js';
import type { TracingConfig } from './tracing.variables.js';
import { loadXraySdk } from './xray-sdk.js';
import { XrayTracer } from './xray.tracer.js';

/** A tracer, and how the application is made to use it. */
export interface Tracing {
  tracer: Tracer;
  /**
   * Adds the hooks that open and close segments.
   *
   * @param isTrusted whether a peer is a proxy that decides what is traced
   */
  attach(fastify: FastifyInstance, requests: Requests, isTrusted: IsTrusted): void;
  /** Lets callers with one of these roles decide too; call it after access control was added. */
  followCallers(fastify: FastifyInstance, roles: readonly string[]): void;
  stop(): void;
}

/** Sets tracing up, or leaves it off when there is nowhere to send traces to. */
export async function startTracing(
  service: ServiceDescription,
  config: TracingConfig & { APP_VERSION: string },
): Promise<Tracing> {
  const daemon = daemonAddresses(config.AWS_XRAY_DAEMON_ADDRESS ?? '');
  if (daemon === undefined || !config.AWS_XRAY_SDK_ENABLED) {
    const nothing = (): void => undefined;
    return { tracer: new NoTracer(), attach: nothing, followCallers: nothing, stop: nothing };
  }
  const logger = new Logger('tracing');
  const warnOnce = once((message: string) => {
    logger.warn(message);
  });
  const sdk = loadXraySdk(
    daemon.tcp,
    config.AWS_XRAY_SAMPLING_RULES,
    config.AWS_XRAY_CENTRAL_SAMPLING,
    warnOnce,
  );
  const aws = {
    ...(await runtimeInfo(config)),
    xray: { sdk: 'X-Ray for Node.js', sdk_version: sdk.version, package: 'aws-xray-sdk-core' },
  };
  const name = config.AWS_XRAY_TRACING_NAME;
  const tracer = new XrayTracer(
    sdk,
    name,
    { origin: 'AWS::EKS::Container', aws, service: { version: config.APP_VERSION } },
    missingContext(config.AWS_XRAY_CONTEXT_MISSING, warnOnce),
  );
  const setDaemon = (address: string, port: number): void => {
    sdk.setDaemon(address, port);
  };
  const stop = followDaemon(daemon.udp, setDaemon, (message) => {
    logger.warn(message);
  });
  const annotations = { appversion: config.APP_VERSION, track: config.TRACK };
  const requestTracing = new RequestTracing(tracer, sdk, {
    name,
    contextPath: service.contextPath,
    annotations,
  });
  return {
    tracer,
    stop,
    attach: (fastify, requests, isTrusted) => {
      requestTracing.attach(fastify, requests, isTrusted);
    },
    followCallers: (fastify, roles) => {
      requestTracing.followCallers(fastify, roles);
    },
  };
}

function missingContext(
  strategy: TracingConfig['AWS_XRAY_CONTEXT_MISSING'],
  warn: (message: string) => void,
): (work: string) => void {
  return (work) => {
    const message = `${work} is to be traced, but belongs to no request`;
    if (strategy === 'RUNTIME_ERROR') throw new Error(message);
    if (strategy === 'LOG_ERROR') warn(message);
  };
}

/** Says each thing once: what goes wrong for one segment goes wrong for all. */
function once(say: (message: string) => void): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    const [kind = ''] = message.split(':', 1);
    if (said.has(kind)) return;
    said.add(kind);
    say(message);
  };
}
