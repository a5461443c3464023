import { describe, expect, it } from '@jest/globals';
import { id, received, segment, subsegment, TRACE } from '../test/documents.ts';
import type { SegmentDocument } from './segment-schema.ts';
import { summarize } from './trace-summary.ts';
import { buildTree, type TraceNode, walk } from './trace-tree.ts';
import { userCreation } from './synthetic.ts';

const treeOf = (...documents: SegmentDocument[]): TraceNode[] => buildTree(documents.map(received));
const names = (nodes: readonly TraceNode[]): unknown =>
  nodes.map(({ name, children }) => (children.length === 0 ? name : [name, names(children)]));
const independent = (change: Record<string, unknown>): SegmentDocument =>
  subsegment({ type: 'subsegment', trace_id: TRACE, ...change }) as SegmentDocument;

describe('buildTree', () => {
  it('hangs a called service under the call, in whatever order they come', () => {
    const call = subsegment({ name: 'call', namespace: 'remote' });
    const caller = segment({ name: 'caller', subsegments: [call] });
    const called = segment({
      name: 'called',
      parent_id: call.id,
      subsegments: [subsegment({ name: 'SES' })],
    });
    const expected = [['caller', [['call', [['called', ['SES']]]]]]];
    expect(names(treeOf(caller, called))).toEqual(expected);
    expect(names(treeOf(called, caller))).toEqual(expected);
  });

  it('hangs independent subsegments under segments and under each other', () => {
    const parent = segment({ name: 'parent' });
    const child = independent({ name: 'child', parent_id: parent.id });
    const grandchild = independent({ name: 'grandchild', parent_id: child.id });
    const tree = treeOf(grandchild, child, parent);
    expect(names(tree)).toEqual([['parent', [['child', ['grandchild']]]]]);
    expect([...walk(tree)].map(({ service }) => service)).toEqual(['parent', 'parent', 'parent']);
    expect([...walk(tree)].some(({ isOrphan }) => isOrphan)).toBe(false);
  });

  it('orders by start', () => {
    const early = subsegment({ name: 'early', start_time: 1000.01 });
    const late = subsegment({ name: 'late', start_time: 1000.05 });
    expect(names(treeOf(segment({ name: 'all', subsegments: [late, early] })))).toEqual([
      ['all', ['early', 'late']],
    ]);
  });

  it('flags orphans, and takes the flag away when the parent comes', () => {
    const parent = segment({ name: 'parent' });
    const child = segment({ name: 'child', parent_id: parent.id });
    expect(treeOf(child)).toMatchObject([{ isOrphan: true, warnings: ['orphan: its parent has not come'] }]);
    expect(treeOf(child, parent)).toMatchObject([
      { name: 'parent', children: [{ isOrphan: false, warnings: [] }] },
    ]);
  });

  it('leaves the service of an orphaned subsegment open', () => {
    expect(treeOf(independent({ parent_id: id() }))).toMatchObject([{ service: null, isOrphan: true }]);
  });

  it('breaks circles and keeps all that is in them', () => {
    const [one, two] = [id(), id()];
    const tree = treeOf(
      segment({ name: 'one', id: one, parent_id: two }),
      segment({ name: 'two', id: two, parent_id: one }),
      segment({ name: 'self', id: 'ffffffffffffffff', parent_id: 'ffffffffffffffff' }),
    );
    expect([...walk(tree)].map(({ name }) => name).sort()).toEqual(['one', 'self', 'two']);
    expect(tree.every(({ isOrphan }) => isOrphan)).toBe(true);
  });

  it('cuts chains of thousands into trees that can be written down', () => {
    const ids = Array.from({ length: 5000 }, id);
    const tree = treeOf(
      segment({ id: ids[0] }),
      ...ids.slice(1).map((own, index) => independent({ id: own, parent_id: ids[index] })),
    );
    expect([...walk(tree)]).toHaveLength(5000);
    expect(() => JSON.stringify(tree)).not.toThrow();
  });

  it('takes the complete one of a subsegment that came in its segment and alone', () => {
    const whole = independent({ name: 'call', parent_id: id() });
    const { end_time, ...started } = whole;
    const parent = segment({ id: whole.parent_id, subsegments: [{ ...started, in_progress: true }] });
    expect(treeOf(parent, whole)).toMatchObject([{ children: [{ inProgress: false }] }]);
    expect(treeOf(whole, parent)).toMatchObject([{ children: [{ inProgress: false }] }]);
  });

  it('warns of a call of a traced service that has sent nothing', () => {
    const [caller, called] = userCreation({ at: 1000 }) as [SegmentDocument, SegmentDocument];
    const warnings = (tree: TraceNode[]): string[] => [...walk(tree)].flatMap((node) => node.warnings);
    expect(warnings(treeOf(caller))).toEqual(['calls a traced service whose segment has not come']);
    expect(warnings(treeOf(caller, called))).toEqual([]);
  });

  it('tells times in ms to the microsecond, and the fields without the subsegments', () => {
    const [node] = treeOf(
      segment({ start_time: 1_764_000_000.123456, end_time: 1_764_000_000.1236, subsegments: [] }),
    );
    expect(node).toMatchObject({ startMs: 1_764_000_000_123.456, durationMs: 0.144, inProgress: false });
    expect(node?.fields).not.toHaveProperty('subsegments');
    expect(treeOf(segment({ end_time: undefined, in_progress: true }))).toMatchObject([
      { durationMs: null, inProgress: true },
    ]);
  });
});

describe('summarize', () => {
  it('tells of the creation of a user', () => {
    const documents = userCreation({ at: 1000, isThrottled: true });
    expect(summarize(TRACE, treeOf(...documents.reverse()))).toMatchObject({
      id: TRACE,
      startMs: 1_000_000,
      durationMs: 43,
      responseMs: 23.6,
      method: 'POST',
      path: '/usermgmt/user',
      status: 201,
      services: ['usermanagement-microservice', 'notification-microservice'],
      calls: ['usermgmt@mysql', 'notification-microservice', 'SES'],
      paths: ['/usermgmt/user', '/notification/send'],
      error: true,
      fault: true,
      throttle: true,
      inProgress: false,
      orphans: 0,
      warnings: 0,
      segments: 2,
      subsegments: 6,
    });
  });

  it('does with what there is', () => {
    expect(summarize(TRACE, treeOf(independent({ parent_id: id() })))).toMatchObject({
      method: null,
      path: null,
      status: null,
      services: [],
      orphans: 1,
      durationMs: 50,
    });
    const relative = segment({ http: { request: { url: '/users?secret=1' } } });
    expect(summarize(TRACE, treeOf(relative)).path).toBe('/users');
  });

  it('finds the first and the last of very many', () => {
    const many = Array.from({ length: 150_000 }, () => subsegment());
    expect(summarize(TRACE, treeOf(segment({ subsegments: many })))).toMatchObject({ durationMs: 100 });
  });
});
