import { describe, expect, it } from '@jest/globals';
import { newTraceId, traceIdOf } from './trace-header.js';

const ID = '1-5759e988-bd862e3fe1be46a994272793';

describe('traceIdOf', () => {
  it.each([
    `Root=${ID}`,
    `Root=${ID};Parent=53995c3f42cd8ad8;Sampled=1`,
    `Self=1-5759e988-000000000000000000000000; Root=${ID}`,
    `Sampled=0;Root=${ID};Lineage=a:1|b:2`,
  ])('is the root of %s', (header) => {
    expect(traceIdOf(header)).toBe(ID);
  });

  it.each([
    undefined,
    '',
    ID,
    `Roots=${ID}`,
    `XRoot=${ID}`,
    `Root=${ID}0`,
    'Root=1-5759e988-bd862e3fe1be46a99427279z',
    'Root=2-5759e988-bd862e3fe1be46a994272793',
    'Root=\r\nx: y',
  ])('is a new one for %j', (header) => {
    expect(traceIdOf(header)).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(traceIdOf(header)).not.toBe(ID);
  });

  it('is a new one when the header came twice', () => {
    expect(traceIdOf([`Root=${ID}`, `Root=${ID}`])).not.toBe(ID);
  });
});

describe('newTraceId', () => {
  it('holds the time in seconds and is never the same', () => {
    const before = Math.floor(Date.now() / 1_000);
    const ids = Array.from({ length: 1_000 }, newTraceId);
    expect(new Set(ids).size).toBe(1_000);
    const seconds = parseInt(ids[0]!.split('-')[1]!, 16);
    expect(seconds).toBeGreaterThanOrEqual(before);
    expect(seconds).toBeLessThanOrEqual(Date.now() / 1_000);
  });
});
