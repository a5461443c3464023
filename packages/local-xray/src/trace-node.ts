import type { ValidDatagram } from './datagram.ts';
import type { Segment, SegmentDocument, Subsegment } from './segment-schema.ts';

/** A segment or subsegment in its trace, as the API gives it. */
export interface TraceNode {
  id: string;
  parentId: string | null;
  kind: 'segment' | 'subsegment';
  name: string;
  /** The name of the segment to which it belongs; null where that has not come. */
  service: string | null;
  /** What a subsegment calls; null where it is only a part of its service. */
  calls: 'aws' | 'database' | 'remote' | null;
  /** Since 1970. */
  startMs: number;
  /** null while it is in progress. */
  durationMs: number | null;
  inProgress: boolean;
  error: boolean;
  fault: boolean;
  throttle: boolean;
  /** The called service promises a segment of its own. */
  isTraced: boolean;
  /** Its parent is not there. */
  isOrphan: boolean;
  /** What is odd about it. */
  warnings: string[];
  /** The document as it came, without its subsegments. */
  fields: Record<string, unknown>;
  children: TraceNode[];
}

/** The segment or subsegment of a document and all that are inside it, without their places in the tree. */
export function toNodes({ document, warnings }: ValidDatagram): TraceNode[] {
  const isSegment = !isIndependent(document);
  const nodes: TraceNode[] = [];
  const add = (entity: Segment | Subsegment, parentId: string | null): void => {
    const isRoot = entity === document;
    nodes.push({
      ...timesOf(entity),
      id: entity.id,
      parentId,
      kind: isRoot && isSegment ? 'segment' : 'subsegment',
      name: entity.name,
      service: isSegment ? document.name : null,
      calls: isRoot && isSegment ? null : calledBy(entity),
      error: entity.error === true,
      fault: entity.fault === true,
      throttle: entity.throttle === true,
      isTraced: entity.http?.request?.traced === true || entity.traced === true,
      isOrphan: false,
      warnings: isRoot ? [...warnings] : [],
      fields: withoutSubsegments(entity),
      children: [],
    });
    for (const subsegment of entity.subsegments ?? []) add(subsegment, entity.id);
  };
  add(document, document.parent_id ?? null);
  return nodes;
}

function isIndependent(document: SegmentDocument): boolean {
  return 'type' in document && document.type === 'subsegment';
}

function calledBy(subsegment: Subsegment): TraceNode['calls'] {
  if (subsegment.sql) return 'database';
  return subsegment.namespace ?? null;
}

function timesOf(entity: Segment | Subsegment): Pick<TraceNode, 'startMs' | 'durationMs' | 'inProgress'> {
  const { start_time: start, end_time: end } = entity;
  return {
    startMs: toMs(start),
    durationMs: end === undefined ? null : Math.max(0, toMs(end - start)),
    inProgress: end === undefined,
  };
}

/** To the microsecond: what is finer is noise of the floating point. */
function toMs(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e3;
}

function withoutSubsegments(entity: Segment | Subsegment): Record<string, unknown> {
  const { subsegments, ...fields } = entity;
  return fields;
}
