import { randomUUID } from 'node:crypto';

/** `1-<8 hex: seconds since 1970>-<24 hex: random>` */
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
const ENTITY_ID = /^[0-9a-f]{16}$/i;

/** What an `X-Amzn-Trace-Id` header says; a field that is missing or malformed is undefined. */
export interface TraceHeader {
  root: string | undefined;
  parent: string | undefined;
  /** `undefined` when the decision is left to whoever is asked, as with `Sampled=?`. */
  sampled: boolean | undefined;
  /** Whether the caller wants to be told the decision (`Sampled=?`). */
  wantsDecision: boolean;
}

/**
 * Reads an `X-Amzn-Trace-Id` header, also in the form in which load balancers
 * send it: `Self=…;Root=…;Parent=…;Sampled=…`
 * (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader).
 */
export function parseTraceHeader(header: string | string[] | undefined | null): TraceHeader {
  const result: TraceHeader = {
    root: undefined,
    parent: undefined,
    sampled: undefined,
    wantsDecision: false,
  };
  if (typeof header !== 'string' || header.length > 1_024) return result;
  for (const field of header.split(';')) {
    const [name = '', value = ''] = field.split('=', 2).map((part) => part.trim());
    switch (name.toLowerCase()) {
      case 'root':
        if (TRACE_ID.test(value)) result.root = value.toLowerCase();
        break;
      case 'parent':
        if (ENTITY_ID.test(value)) result.parent = value.toLowerCase();
        break;
      case 'sampled':
        result.sampled = value === '1' ? true : value === '0' ? false : undefined;
        result.wantsDecision = value === '?';
        break;
    }
  }
  return result;
}

/** Writes an `X-Amzn-Trace-Id` header. */
export function formatTraceHeader(root: string, sampled: boolean, parent?: string): string {
  return `Root=${root}${parent === undefined ? '' : `;Parent=${parent}`};Sampled=${sampled ? '1' : '0'}`;
}

/** A trace id for work that no traced request caused. */
export function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(8, '0');
  // 94 of its bits are random. Node makes the random bytes of many UUIDs at once, which randomBytes() does not.
  const uuid = randomUUID();
  return `1-${seconds}-${uuid.slice(0, 8)}${uuid.slice(19, 23)}${uuid.slice(24)}`;
}

/** The id under which a request is found in traces, logs and error bodies: its header's Root, or a new one. */
export function traceIdOf(header: string | string[] | undefined): string {
  return parseTraceHeader(header).root ?? newTraceId();
}
