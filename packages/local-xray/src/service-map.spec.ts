import { describe, expect, it } from '@jest/globals';
import { received, segment, subsegment, TRACE } from '../test/documents.ts';
import type { SegmentDocument } from './segment-schema.ts';
import { type MapEdge, serviceMap, type ServiceMap } from './service-map.ts';
import { everydayTraffic, userCreation } from './synthetic.ts';
import { buildTree } from './trace-tree.ts';

const mapOf = (...traces: SegmentDocument[][]): ServiceMap =>
  serviceMap(traces.map((documents) => buildTree(documents.map(received))));
const arrows = ({ edges }: ServiceMap): string[] =>
  edges.map(({ source, target }) => `${source} → ${target}`).sort();
const edgeTo = ({ edges }: ServiceMap, target: string): MapEdge | undefined =>
  edges.find((edge) => edge.target === target);

describe('serviceMap', () => {
  it('draws the creation of a user', () => {
    const map = mapOf(userCreation({ at: 1000 }), userCreation({ at: 1001, isThrottled: true, slowness: 2 }));
    expect(map.nodes.map(({ id }) => id).sort()).toEqual([
      'aws:SES',
      'client:client',
      'database:usermgmt@mysql',
      'service:notification-microservice',
      'service:usermanagement-microservice',
    ]);
    expect(arrows(map)).toEqual([
      'client:client → service:usermanagement-microservice',
      'service:notification-microservice → aws:SES',
      'service:usermanagement-microservice → database:usermgmt@mysql',
      'service:usermanagement-microservice → service:notification-microservice',
    ]);
    expect(edgeTo(map, 'aws:SES')).toMatchObject({
      calls: 2,
      errorRate: 0.5,
      throttleRate: 0.5,
      faultRate: 0,
      failedRate: 0.5,
      p50Ms: 15.2,
      p95Ms: 30.4,
    });
    // As the caller sees it: its call of 19 ms, not the 17.1 ms of the segment.
    expect(edgeTo(map, 'service:notification-microservice')).toMatchObject({
      calls: 2,
      faultRate: 0.5,
      p50Ms: 19,
    });
    expect(edgeTo(map, 'database:usermgmt@mysql')).toMatchObject({ calls: 6, failedRate: 0 });
    expect(map.nodes.find(({ id }) => id === 'service:notification-microservice')).toMatchObject({
      calls: 2,
      p50Ms: 17.1,
    });
  });

  it('draws who is called and sends nothing by the name of the call', () => {
    const call = subsegment({ name: 'api.example.com', namespace: 'remote' });
    expect(arrows(mapOf([segment({ name: 'a', subsegments: [call] })]))).toEqual([
      'client:client → service:a',
      'service:a → remote:api.example.com',
    ]);
  });

  it('draws calls of calls, and nothing for parts of a service', () => {
    const statement = subsegment({ name: 'db', sql: {} });
    const part = subsegment({ name: 'part', subsegments: [statement] });
    expect(arrows(mapOf([segment({ name: 'a', subsegments: [part] })]))).toEqual([
      'client:client → service:a',
      'service:a → database:db',
    ]);
  });

  it('draws a service that only passed the trace on as a caller, and later work of the same service not', () => {
    const first = segment({ name: 'a' });
    const later = segment({ name: 'a', parent_id: first.id });
    const other = segment({ name: 'b', parent_id: first.id });
    expect(arrows(mapOf([first, later, other]))).toEqual([
      'client:client → service:a',
      'service:a → service:b',
    ]);
  });

  it('draws a service that calls itself', () => {
    const call = subsegment({ name: 'a', namespace: 'remote' });
    const map = mapOf([
      segment({ name: 'a', subsegments: [call] }),
      segment({ name: 'a', parent_id: call.id }),
    ]);
    expect(arrows(map)).toEqual(['client:client → service:a', 'service:a → service:a']);
  });

  it('counts a call of two services for each', () => {
    const call = subsegment({ name: 'queue', namespace: 'remote' });
    const map = mapOf([
      segment({ name: 'a', subsegments: [call] }),
      segment({ name: 'b', parent_id: call.id }),
      segment({ name: 'c', parent_id: call.id }),
    ]);
    expect(arrows(map)).toEqual([
      'client:client → service:a',
      'service:a → service:b',
      'service:a → service:c',
    ]);
  });

  it('leaves out subsegments of which nobody knows the service', () => {
    const orphan = subsegment({
      type: 'subsegment',
      trace_id: TRACE,
      parent_id: 'aaaaaaaaaaaaaaaa',
      namespace: 'aws',
    });
    expect(mapOf([orphan as SegmentDocument])).toEqual({ nodes: [], edges: [] });
  });

  it('is empty without traces', () => {
    expect(mapOf()).toEqual({ nodes: [], edges: [] });
  });

  it('has as many calls to a service as it has segments', () => {
    const traces = everydayTraffic(2000).reduce((byId, document) => {
      byId.set(document.trace_id, [...(byId.get(document.trace_id) ?? []), document]);
      return byId;
    }, new Map<string, SegmentDocument[]>());
    const { nodes, edges } = mapOf(...traces.values());
    for (const { id, calls } of nodes.filter(({ kind }) => kind === 'service')) {
      const incoming = edges.filter(({ target }) => target === id);
      expect(incoming.reduce((sum, edge) => sum + edge.calls, 0)).toBe(calls);
    }
  });
});
