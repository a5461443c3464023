import { type CallFigures, figuresOf } from './statistics.ts';
import { type TraceNode, walk } from './trace-tree.ts';

/** Who calls or is called. */
export interface MapNode extends CallFigures {
  id: string;
  /** `client`: who calls without sending segments. `remote`: who is called and sends none. */
  kind: 'client' | 'service' | 'database' | 'aws' | 'remote';
  name: string;
}

/** One who calls another, as the caller sees it. */
export interface MapEdge extends CallFigures {
  source: string;
  target: string;
}

/** Who calls whom in all kept traces, and how it went. */
export interface ServiceMap {
  nodes: MapNode[];
  edges: MapEdge[];
}

type Kind = MapNode['kind'];

/**
 * A segment without a parent is a call by `client`, and so is one whose parent has not come. A subsegment that calls
 * something is an edge to the services whose segments are its children; without any, to a node with its own name.
 *
 * @param trees one list of roots for each trace
 */
export function serviceMap(trees: Iterable<readonly TraceNode[]>): ServiceMap {
  const nodes = new Map<string, { kind: Kind; name: string; calls: TraceNode[] }>();
  const edges = new Map<string, { source: string; target: string; calls: TraceNode[] }>();

  const node = (kind: Kind, name: string, call?: TraceNode): string => {
    const id = `${kind}:${name}`;
    const entry = nodes.get(id) ?? { kind, name, calls: [] };
    if (call) entry.calls.push(call);
    nodes.set(id, entry);
    return id;
  };
  const edge = (source: string, target: string, call: TraceNode): void => {
    const key = JSON.stringify([source, target]);
    const entry = edges.get(key) ?? { source, target, calls: [] };
    entry.calls.push(call);
    edges.set(key, entry);
  };

  const visit = (item: TraceNode, parent: TraceNode | undefined): void => {
    if (item.kind === 'segment') {
      const self = node('service', item.name, item);
      if (!parent) edge(node('client', 'client'), self, item);
      // Without a call in between it is later work of the same service, or a caller who only passed the trace on.
      else if (parent.calls === null && parent.service !== null && parent.service !== item.name) {
        edge(node('service', parent.service), self, item);
      }
    } else if (item.calls !== null && item.service !== null) {
      const source = node('service', item.service);
      const called = item.children.filter(({ kind }) => kind === 'segment');
      const targets = new Set(called.map(({ name }) => node('service', name)));
      if (targets.size === 0) targets.add(node(item.calls, item.name, item));
      for (const target of targets) edge(source, target, item);
    }
  };
  for (const tree of trees) {
    for (const root of tree) visit(root, undefined);
    for (const parent of walk(tree)) for (const child of parent.children) visit(child, parent);
  }
  return {
    nodes: [...nodes].map(([id, { kind, name, calls }]) => ({ id, kind, name, ...figuresOf(calls) })),
    edges: [...edges.values()].map(({ source, target, calls }) => ({ source, target, ...figuresOf(calls) })),
  };
}
