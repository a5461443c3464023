import { describe, expect, it } from '@jest/globals';
import { id, received, segment, subsegment, TRACE } from '../test/documents.ts';
import { readDatagram } from './datagram.ts';
import type { SegmentDocument } from './segment-schema.ts';
import { newTraceId } from './synthetic-parts.ts';
import { TraceStore } from './trace-store.ts';

const storeOf = (...documents: SegmentDocument[]): TraceStore => {
  const store = new TraceStore();
  for (const document of documents) store.add(received(document));
  return store;
};

describe('TraceStore', () => {
  it('keeps the newest traces and lets the oldest go', () => {
    const store = new TraceStore({ traces: 3 });
    const ids = [1, 2, 3, 4, 5].map(newTraceId);
    for (const trace_id of ids) store.add(received(segment({ trace_id })));
    expect(store.traces().map((trace) => trace.id)).toEqual([ids[4], ids[3], ids[2]]);
    expect(store.trace(ids[0]!)).toBeUndefined();
  });

  it('keeps 1,000 unless told otherwise', () => {
    const store = new TraceStore();
    for (let at = 0; at < 1005; at++) store.add(received(segment({ trace_id: newTraceId(at) })));
    expect(store.size).toBe(1000);
  });

  it('does not make a trace younger when more of it comes', () => {
    const store = new TraceStore({ traces: 2 });
    const [first, second, third] = [1, 2, 3].map(newTraceId) as [string, string, string];
    for (const trace_id of [first, second, first, third]) store.add(received(segment({ trace_id })));
    expect(store.traces().map((trace) => trace.id)).toEqual([third, second]);
  });

  it('takes what comes late for a trace that has gone as a new one, with an orphan', () => {
    const store = new TraceStore({ traces: 1 });
    const parent = segment();
    store.add(received(parent));
    store.add(received(segment({ trace_id: newTraceId(1) })));
    store.add(received(segment({ parent_id: parent.id })));
    expect(store.trace(TRACE)?.summary).toMatchObject({ segments: 1, orphans: 1 });
  });

  it('keeps no more bytes than it may, whatever the traces are like', () => {
    const document = segment({ metadata: { default: { fill: 'x'.repeat(1000) } } });
    const { bytes } = received(document);
    const store = new TraceStore({ bytes: bytes * 2.5 });
    for (let at = 0; at < 5; at++) store.add(received({ ...document, trace_id: newTraceId(at) }));
    expect(store.size).toBe(2);
    for (let count = 0; count < 5; count++) store.add(received({ ...document, id: id(), trace_id: TRACE }));
    expect(store.trace(TRACE)?.documents().length ?? 0).toBeLessThanOrEqual(2);
  });

  it('puts the complete document in the place of the one in progress', () => {
    const complete = segment();
    const { end_time, ...started } = complete;
    const store = storeOf({ ...started, in_progress: true }, complete);
    expect(store.trace(TRACE)?.documents()).toEqual([complete]);
    expect(store.trace(TRACE)?.summary).toMatchObject({ inProgress: false, warnings: 0 });
  });

  it('keeps the complete document when the one in progress comes later', () => {
    const complete = segment();
    const { end_time, ...started } = complete;
    expect(
      storeOf(complete, { ...started, in_progress: true })
        .trace(TRACE)
        ?.documents(),
    ).toEqual([complete]);
  });

  it('warns when a complete document comes twice, and counts its bytes once', () => {
    const document = segment();
    const store = storeOf(document, document);
    expect(store.trace(TRACE)?.documents()).toHaveLength(1);
    expect(store.trace(TRACE)?.tree[0]?.warnings).toEqual([expect.stringContaining('complete before')]);
    expect(store.trace(TRACE)?.bytes).toBe(received(document).bytes);
  });

  it('builds the tree anew after each document', () => {
    const parent = segment();
    const store = storeOf(parent);
    expect(store.trace(TRACE)?.summary.segments).toBe(1);
    store.add(received(segment({ parent_id: parent.id })));
    expect(store.trace(TRACE)?.summary.segments).toBe(2);
  });

  it('keeps the newest invalid documents and counts all', () => {
    const store = new TraceStore({ invalid: 2 });
    for (const text of ['one', 'two', 'three']) store.add(readDatagram(Buffer.from(text)));
    expect(store.invalid().map(({ text }) => text)).toEqual(['three', 'two']);
    expect(store.invalidCount).toBe(3);
    expect(store.invalid('other')).toEqual([]);
    expect(store.size).toBe(0);
  });

  it('tells of changes until told to stop, and forgets', () => {
    const store = new TraceStore();
    let changes = 0;
    const stop = store.onChange(() => changes++);
    store.add(received(segment({ subsegments: [subsegment()] })));
    store.add(readDatagram(Buffer.from('')));
    store.clear();
    expect(changes).toBe(3);
    expect([store.size, store.invalidCount, store.invalid().length]).toEqual([0, 0, 0]);
    stop();
    store.add(received(segment()));
    expect(changes).toBe(3);
  });
});
