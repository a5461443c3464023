import { type TraceNode, toNodes } from './trace-node.ts';
import type { ValidDatagram } from './datagram.ts';

export type { TraceNode } from './trace-node.ts';

/** Deeper trees would end the functions that call themselves; see LIMIT_DEPTH of datagram.ts. */
const LIMIT_DEPTH = 200;

/**
 * Puts the documents of one trace together: children under their parents, also across documents, by start time.
 * A node whose parent has not come (yet) is a root and an orphan; so is one of a circle of parents.
 */
export function buildTree(datagrams: readonly ValidDatagram[]): TraceNode[] {
  const nodes = new Map<string, TraceNode>();
  for (const node of datagrams.flatMap(toNodes)) {
    const same = nodes.get(node.id);
    // A subsegment can come in its segment and once more alone: the one that is complete says more.
    if (!same || same.inProgress) nodes.set(node.id, node);
  }

  const roots: TraceNode[] = [];
  for (const node of nodes.values()) {
    const parent = node.parentId === null ? undefined : nodes.get(node.parentId);
    if (parent && parent !== node) parent.children.push(node);
    else roots.push(cut(node, node.parentId === null ? '' : 'its parent has not come'));
  }
  const reached = new Set<TraceNode>();
  let settled = 0;
  const settleRoots = (): void => {
    for (; settled < roots.length; settled++) settle(roots[settled], reached, roots);
  };
  settleRoots();
  for (const node of nodes.values()) {
    if (reached.has(node)) continue;
    const parent = nodes.get(node.parentId ?? '');
    if (parent) parent.children = parent.children.filter((child) => child !== node);
    roots.push(cut(node, 'its parents are a circle'));
    settleRoots();
  }
  return roots.sort(byStart);
}

/** All nodes, parents before children. */
export function* walk(nodes: readonly TraceNode[]): Generator<TraceNode> {
  for (const node of nodes) {
    yield node;
    yield* walk(node.children);
  }
}

/** Fills in what follows from a node's place, level by level; what hangs too deep becomes a root of its own. */
function settle(root: TraceNode | undefined, reached: Set<TraceNode>, roots: TraceNode[]): void {
  let level = root ? [root] : [];
  for (let depth = 1; level.length > 0; depth++) {
    for (const node of level) {
      reached.add(node);
      node.children.sort(byStart);
      for (const child of node.children) if (child.kind === 'subsegment') child.service ??= node.service;
      if (node.isTraced && !node.inProgress && !node.children.some(({ kind }) => kind === 'segment')) {
        node.warnings.push('calls a traced service whose segment has not come');
      }
      if (depth === LIMIT_DEPTH) {
        for (const child of node.children) roots.push(cut(child, `is more than ${LIMIT_DEPTH} levels deep`));
        node.children = [];
      }
    }
    level = level.flatMap(({ children }) => children);
  }
}

function cut(node: TraceNode, why: string): TraceNode {
  node.isOrphan = why !== '';
  if (why) node.warnings.push(`orphan: ${why}`);
  return node;
}

function byStart(one: TraceNode, other: TraceNode): number {
  return one.startMs - other.startMs;
}
