import * as z from 'zod';
import type { TraceSummary } from './trace-summary.ts';

const FILTER = z.strictObject({
  /** A service that sent a segment, or one that was called. */
  service: z.string().optional(),
  /** A part of the path of any of its requests. */
  path: z.string().optional(),
  /** Of the first request: 404, or a class as 4xx. */
  status: z
    .string()
    .regex(/^[1-5](\d\d|xx)$/i, 'must be a status as 404 or a class as 4xx')
    .optional(),
  /** The shortest duration, in ms. */
  slow: z.coerce.number('must be a number of ms').min(0, 'must be a number of ms').optional(),
  error: z.enum(['true', 'false'], 'must be true or false').optional(),
  limit: z.coerce
    .number('must be a number from 1 to 1000')
    .int('must be a number from 1 to 1000')
    .min(1, 'must be a number from 1 to 1000')
    .max(1000, 'must be a number from 1 to 1000')
    .default(100),
});

/** Which traces of a list are wanted, and how many of them. */
export type TraceFilter = z.infer<typeof FILTER>;

/** Reads the query of `GET /api/traces`; what is empty does not count. @returns the filter, or what is wrong */
export function readFilter(query: URLSearchParams): { filter: TraceFilter } | { problems: string[] } {
  const result = FILTER.safeParse(Object.fromEntries([...query].filter(([, value]) => value.trim() !== '')));
  if (result.success) return { filter: result.data };
  return { problems: result.error.issues.map(({ path, message }) => [...path, message].join(': ')) };
}

/** Whether the trace is one of those that are wanted. */
export function matches(trace: TraceSummary, filter: TraceFilter): boolean {
  const { service, path, status, slow, error } = filter;
  if (service !== undefined && ![...trace.services, ...trace.calls].includes(service)) return false;
  if (path !== undefined && !trace.paths.some((one) => includes(one, path))) return false;
  if (status !== undefined && !hasStatus(trace, status)) return false;
  if (slow !== undefined && trace.durationMs < slow) return false;
  if (error !== undefined && (error === 'true') !== (trace.error || trace.fault || trace.throttle)) {
    return false;
  }
  return true;
}

function includes(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.trim().toLowerCase());
}

function hasStatus(trace: TraceSummary, wanted: string): boolean {
  const status = String(trace.status);
  return /xx$/i.test(wanted) ? status.startsWith(wanted.charAt(0)) : status === wanted;
}
