import type { ValidDatagram } from './datagram.ts';
import type { SegmentDocument } from './segment-schema.ts';
import { summarize, type TraceSummary } from './trace-summary.ts';
import { buildTree, type TraceNode } from './trace-tree.ts';

/** All that came with one trace id. */
export class Trace {
  readonly id: string;
  /** Of JSON text. */
  bytes = 0;
  private readonly byId = new Map<string, ValidDatagram>();
  private built: { tree: TraceNode[]; summary: TraceSummary } | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /**
   * A complete document takes the place of the one in progress with the same id, in whatever order they come.
   *
   * @returns by how many bytes the trace has grown
   */
  add(datagram: ValidDatagram): number {
    const { id, in_progress: isFragment } = datagram.document;
    const before = this.byId.get(id);
    const isComplete = before !== undefined && before.document.in_progress !== true;
    if (isComplete && isFragment === true) return 0;
    if (isComplete) datagram.warnings.push('document: was sent as complete before; X-Ray wants that once');
    this.byId.set(id, datagram);
    this.built = undefined;
    const growth = datagram.bytes - (before?.bytes ?? 0);
    this.bytes += growth;
    return growth;
  }

  documents(): SegmentDocument[] {
    return [...this.byId.values()].map(({ document }) => document);
  }

  /** The segments without a parent in this trace, with all that hangs on them, by start time. */
  get tree(): TraceNode[] {
    return this.build().tree;
  }

  get summary(): TraceSummary {
    return this.build().summary;
  }

  /** Built when it is asked for, not with each document: a burst of them costs one tree. */
  private build(): { tree: TraceNode[]; summary: TraceSummary } {
    if (!this.built) {
      const tree = buildTree([...this.byId.values()]);
      this.built = { tree, summary: summarize(this.id, tree) };
    }
    return this.built;
  }
}
