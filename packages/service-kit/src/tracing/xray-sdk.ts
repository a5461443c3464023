import { createSocket, type Socket } from 'node:dgram';
import { createRequire } from 'node:module';
import { isIPv6 } from 'node:net';
import type * as Core from 'aws-xray-sdk-core';
import type { Segment, Subsegment } from 'aws-xray-sdk-core';
import type { DaemonAddress } from './daemon.js';

/** What a sampler is asked. */
export interface SampleRequest {
  host: string | undefined;
  httpMethod: string;
  urlPath: string;
  serviceName: string;
}

/** The parts of the X-Ray SDK that are used here. */
export interface XraySdk {
  readonly Segment: typeof Segment;
  readonly Subsegment: typeof Subsegment;
  /** `name (version)` for the segments' aws.xray block. */
  readonly version: string;
  /** @returns whether to trace, or the name of the central rule that says so */
  shouldSample(request: SampleRequest): boolean | string;
  /** Sends an independent subsegment. */
  send(subsegment: Subsegment): void;
  /** Where segments go: an IP address, so that nothing is looked up for each of them. */
  setDaemon(address: string, port: number): void;
}

type SamplingRules = Exclude<Parameters<typeof Core.middleware.setSamplingRules>[0], string>;

/** The discard port, until the daemon's address is known. */
const NOWHERE = { udp_ip: '127.0.0.1', udp_port: 9 };

interface Emitter {
  send(entity: Segment | Subsegment): void;
  daemonConfig: { udp_ip: string; udp_port: number; tcp_ip: string; tcp_port: number };
  /** The SDK makes one of IPv4 if there is none. */
  socket?: Socket;
}

interface Sampler {
  shouldSample(request: SampleRequest): boolean | string;
  setLocalRules(rules: object): void;
}

/**
 * Loads the SDK, which takes time and memory, so only when there is tracing.
 *
 * @param rulesFrom where rules are asked for over TCP
 * @param rules local sampling rules in the SDK's form
 * @param central whether rules are fetched from X-Ray through the daemon; local ones then serve until they arrive
 * @param warn gets what the SDK would log
 * @throws Error if the rules are not in that form
 */
export function loadXraySdk(
  rulesFrom: DaemonAddress,
  rules: SamplingRules,
  central: boolean,
  warn: (message: string) => void,
): XraySdk {
  const require = createRequire(import.meta.url);
  // Without it, loading the SDK begins to follow every promise (cls-hooked), and enableManualMode() does not stop that.
  process.env.AWS_XRAY_MANUAL_MODE = 'true';
  // The SDK would read the address out of the environment, and fail at one of IPv6.
  const address = process.env.AWS_XRAY_DAEMON_ADDRESS;
  delete process.env.AWS_XRAY_DAEMON_ADDRESS;
  const core = require('aws-xray-sdk-core') as typeof Core;
  if (address !== undefined) process.env.AWS_XRAY_DAEMON_ADDRESS = address;
  const emitter = require('aws-xray-sdk-core/dist/lib/segment_emitter') as Emitter;
  const silent = (): void => undefined;
  core.setLogger({ debug: silent, info: silent, warn, error: warn });
  if (!central) core.middleware.disableCentralizedSampling();
  core.middleware.setSamplingRules(rules);
  const { sampler } = core.middleware as unknown as { sampler: Sampler };
  Object.assign(emitter.daemonConfig, NOWHERE, { tcp_ip: rulesFrom.host, tcp_port: rulesFrom.port });
  const { version } = require('aws-xray-sdk-core/package.json') as { version: string };
  return {
    Segment: core.Segment,
    Subsegment: core.Subsegment,
    version,
    shouldSample: (request) => sampler.shouldSample(request),
    send: (subsegment) => {
      emitter.send(subsegment);
    },
    setDaemon: (address, port) => {
      const { udp_ip: before } = emitter.daemonConfig;
      if (emitter.socket === undefined || isIPv6(before) !== isIPv6(address)) {
        emitter.socket?.close();
        emitter.socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4').unref();
        // Without a listener an error of a single datagram would end the process.
        emitter.socket.on('error', (error) => {
          warn(`segments are not sent: ${String((error as NodeJS.ErrnoException).code)}`);
        });
      }
      emitter.daemonConfig.udp_ip = address;
      emitter.daemonConfig.udp_port = port;
    },
  };
}
