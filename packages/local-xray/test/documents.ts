import type { Segment, SegmentDocument, Subsegment } from '../src/segment-schema.ts';
import type { ValidDatagram } from '../src/datagram.ts';

/** One trace id for tests that need no more. */
export const TRACE = '1-581cf771-a006649127e371903a2de979';

let last = 0;

/** The next id: 16 digits, increasing. */
export function id(): string {
  return (++last).toString(16).padStart(16, '0');
}

/** A complete segment of 100 ms at second 1000, changed as said; undefined takes a field away. */
export function segment(change: Record<string, unknown> = {}): Segment {
  return clean({
    name: 'service',
    id: id(),
    trace_id: TRACE,
    start_time: 1000,
    end_time: 1000.1,
    ...change,
  }) as Segment;
}

/** A complete subsegment of 50 ms inside of `segment()`. */
export function subsegment(change: Record<string, unknown> = {}): Subsegment {
  return clean({
    name: 'part',
    id: id(),
    start_time: 1000.02,
    end_time: 1000.07,
    ...change,
  }) as Subsegment;
}

/** As the receiver hands it to the store. */
export function received(document: SegmentDocument): ValidDatagram {
  return { valid: true, document, warnings: [], bytes: JSON.stringify(document).length };
}

function clean(fields: Record<string, unknown>): unknown {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
