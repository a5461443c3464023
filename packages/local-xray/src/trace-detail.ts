import type { Trace } from './trace.ts';
import type { InvalidDocument, TraceStore } from './trace-store.ts';
import type { TraceSummary } from './trace-summary.ts';
import type { TraceNode } from './trace-tree.ts';

/** A trace with all that is known of it. */
export interface TraceDetail extends TraceSummary {
  /** Segments without a parent, and orphans; their children hang on them. */
  tree: TraceNode[];
  /** What came for this trace and X-Ray would refuse. */
  invalid: InvalidDocument[];
}

/** A trace as `GET /api/traces/{id}` gives it. */
export function traceDetail(trace: Trace, store: TraceStore): TraceDetail {
  return { ...trace.summary, tree: trace.tree, invalid: store.invalid(trace.id) };
}
