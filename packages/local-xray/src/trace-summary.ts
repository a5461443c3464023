import { type TraceNode, walk } from './trace-tree.ts';

/** A trace as a line of a list. */
export interface TraceSummary {
  id: string;
  /** Of its first segment or subsegment, since 1970. */
  startMs: number;
  /** From the first start to the last end, work after the response included. */
  durationMs: number;
  /** Of its first segment; null while it is in progress. */
  responseMs: number | null;
  /** Of its first segment's request; null where that says nothing. */
  method: string | null;
  path: string | null;
  status: number | null;
  /** Services that sent segments, in order of their first. */
  services: string[];
  /** What they called: databases, AWS's services, other services. */
  calls: string[];
  /** The paths of all its segments' requests. */
  paths: string[];
  error: boolean;
  fault: boolean;
  throttle: boolean;
  inProgress: boolean;
  orphans: number;
  warnings: number;
  segments: number;
  subsegments: number;
}

/** @param tree the roots of a trace that has at least one node */
export function summarize(id: string, tree: readonly TraceNode[]): TraceSummary {
  const nodes = [...walk(tree)];
  const segments = nodes.filter(({ kind }) => kind === 'segment');
  const first = segments.find(({ parentId }) => parentId === null) ?? segments[0] ?? nodes[0];
  // Not Math.min(...): a trace can have more nodes than a call takes arguments.
  const startMs = nodes.reduce((start, node) => Math.min(start, node.startMs), Infinity);
  const endMs = nodes.reduce((end, node) => Math.max(end, node.startMs + (node.durationMs ?? 0)), startMs);
  return {
    id,
    startMs,
    durationMs: Math.round((endMs - startMs) * 1e3) / 1e3,
    responseMs: first?.durationMs ?? null,
    method: requestOf(first).method ?? null,
    path: pathOf(first),
    status: statusOf(first),
    services: [...new Set(segments.map(({ name }) => name))],
    calls: [...new Set(nodes.filter(({ calls }) => calls !== null).map(({ name }) => name))],
    paths: [...new Set(segments.map(pathOf).filter((path) => path !== null))],
    error: nodes.some(({ error }) => error),
    fault: nodes.some(({ fault }) => fault),
    throttle: nodes.some(({ throttle }) => throttle),
    inProgress: nodes.some(({ inProgress }) => inProgress),
    orphans: nodes.filter(({ isOrphan }) => isOrphan).length,
    warnings: nodes.reduce((count, { warnings }) => count + warnings.length, 0),
    segments: segments.length,
    subsegments: nodes.length - segments.length,
  };
}

interface Http {
  request?: { method?: string; url?: string };
  response?: { status?: number };
}

/** The schema has checked these fields already. */
function httpOf(node: TraceNode | undefined): Http {
  return (node?.fields.http as Http | undefined) ?? {};
}

function requestOf(node: TraceNode | undefined): NonNullable<Http['request']> {
  return httpOf(node).request ?? {};
}

function statusOf(node: TraceNode | undefined): number | null {
  return httpOf(node).response?.status ?? null;
}

/** The path of the url, which can be a full one or only a path. */
function pathOf(node: TraceNode | undefined): string | null {
  const { url } = requestOf(node);
  if (url === undefined) return null;
  return URL.parse(url, 'http://localhost')?.pathname ?? url;
}
