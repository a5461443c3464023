import { type SegmentDocument, validateSegment } from './segment-schema.ts';

/** X-Ray takes documents of up to 64 kB; whether that is 64,000 or 65,536 bytes, AWS does not say. */
const LIMIT_BYTES = 65_536;
const SAFE_BYTES = 64_000;
/** A limit of this program, not of X-Ray's: deeper objects would end the functions that call themselves. */
const LIMIT_DEPTH = 200;

/** A segment document that X-Ray would take, and what is odd about it. */
export interface ValidDatagram {
  valid: true;
  document: SegmentDocument;
  warnings: string[];
  bytes: number;
}

/** What came, as text, and why X-Ray or its daemon would refuse it. */
export interface InvalidDatagram {
  valid: false;
  reasons: string[];
  text: string;
  bytes: number;
  /** The trace that it names, where that much can be read. */
  traceId?: string;
}

/**
 * Reads a datagram as X-Ray's daemon gets it: a line `{"format":"json","version":1}`, then one segment document
 * (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon). Never throws.
 */
export function readDatagram(data: Buffer): ValidDatagram | InvalidDatagram {
  const text = data.toString('utf8');
  const refuse = (...reasons: string[]): InvalidDatagram => ({
    valid: false,
    reasons,
    text,
    bytes: data.length,
  });

  const end = text.indexOf('\n');
  if (end === -1) return refuse('datagram: has no header line');
  if (!isHeader(text.slice(0, end))) {
    return refuse('header: must be {"format":"json","version":1}');
  }
  const body = text.slice(end + 1);
  const bytes = Buffer.byteLength(body);
  if (bytes > LIMIT_BYTES) return refuse(`document: has ${bytes} bytes; X-Ray takes 64 kB`);
  const value = parse(body);
  if (value === undefined) return refuse('document: is not JSON');
  if (isDeep(value)) return refuse(`document: is nested more than ${LIMIT_DEPTH} levels deep`);

  const result = validateSegment(value);
  if (!result.valid) return { ...refuse(...result.reasons), ...traceIdOf(value) };
  const { document, warnings } = result;
  if (bytes > SAFE_BYTES) warnings.push(`document: has ${bytes} bytes; X-Ray may take 64,000`);
  return { valid: true, document, warnings, bytes };
}

function isHeader(line: string): boolean {
  const header = parse(line);
  return (
    typeof header === 'object' &&
    header !== null &&
    'format' in header &&
    header.format === 'json' &&
    'version' in header &&
    header.version === 1
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > LIMIT_DEPTH) return true;
    level = level.flatMap((item): unknown[] =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    );
  }
  return false;
}

function traceIdOf(value: unknown): { traceId?: string } {
  if (typeof value !== 'object' || value === null || !('trace_id' in value)) return {};
  return typeof value.trace_id === 'string' ? { traceId: value.trace_id } : {};
}
