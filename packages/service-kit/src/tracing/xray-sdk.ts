import { createRequire } from 'node:module';
import type * as Core from 'aws-xray-sdk-core';
import type { Segment, Subsegment } from 'aws-xray-sdk-core';

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
  daemonConfig: { udp_ip: string; udp_port: number };
}

interface Sampler {
  shouldSample(request: SampleRequest): boolean | string;
  setLocalRules(rules: object): void;
}

/**
 * Loads the SDK, which takes time and memory, so only when there is tracing.
 *
 * @param rules local sampling rules in the SDK's form
 * @param central whether rules are fetched from X-Ray through the daemon; local ones then serve until they arrive
 * @param warn gets what the SDK would log
 * @throws Error if the rules are not in that form
 */
export function loadXraySdk(
  rules: SamplingRules,
  central: boolean,
  warn: (message: string) => void,
): XraySdk {
  const require = createRequire(import.meta.url);
  // Without it, loading the SDK begins to follow every promise (cls-hooked), and enableManualMode() does not stop that.
  process.env.AWS_XRAY_MANUAL_MODE = 'true';
  const core = require('aws-xray-sdk-core') as typeof Core;
  const emitter = require('aws-xray-sdk-core/dist/lib/segment_emitter') as Emitter;
  const silent = (): void => undefined;
  core.setLogger({ debug: silent, info: silent, warn, error: warn });
  if (!central) core.middleware.disableCentralizedSampling();
  core.middleware.setSamplingRules(rules);
  const { sampler } = core.middleware as unknown as { sampler: Sampler };
  // The SDK has taken the name from the environment, and would look it up for each segment.
  Object.assign(emitter.daemonConfig, NOWHERE);
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
      emitter.daemonConfig.udp_ip = address;
      emitter.daemonConfig.udp_port = port;
    },
  };
}
