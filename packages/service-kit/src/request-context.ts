import { AsyncLocalStorage } from 'node:async_hooks';
import type { Segment, Subsegment } from 'aws-xray-sdk-core';
import type { Principal } from './auth/principal.js';
import { parseTraceHeader } from './tracing/trace-header.js';

/** What the present code belongs to. */
export interface RequestContext {
  /** The trace's id; empty for work of the process itself. */
  root: string;
  /** Tells requests of one trace apart; unique in this process. */
  requestId: string;
  /** The (sub)segment that is open, only if the trace is sampled. */
  entity: Segment | Subsegment | undefined;
  /** Whom the request acts as, once that is known. */
  principal?: Principal | undefined;
  /** The user whose record alone the request may reach. */
  owner?: string | undefined;
  /** The code of the problem that it is answered with. */
  problem?: string;
}

/** The one place where the context of a request is kept, for traces and log lines alike. */
export const requestContext = new AsyncLocalStorage<RequestContext>();

/** Remembers what the present request is answered with, for those who report on it. */
export function noteProblem(code: string): void {
  const context = requestContext.getStore();
  if (context) context.problem = code;
}

let requests = 0;
const prefix = Date.now().toString(36);

/** An id for the next request. */
export function nextRequestId(): string {
  requests += 1;
  return `${prefix}-${requests.toString(36)}`;
}

/**
 * Runs what a request caused, perhaps in another process, so that its log lines bear the request's trace id.
 *
 * @param header the request's `X-Amzn-Trace-Id`
 */
export function runInTrace<T>(header: string | null, run: () => T): T {
  const { root = '' } = parseTraceHeader(header);
  return requestContext.run({ root, requestId: '', entity: undefined }, run);
}
