import { describe, expect, it } from '@jest/globals';
import { segment, TRACE } from '../test/documents.ts';
import { readDatagram } from './datagram.ts';
import { HEADER } from './send-documents.ts';

const read = (text: string): ReturnType<typeof readDatagram> => readDatagram(Buffer.from(text));
const reasons = (text: string): string[] => {
  const result = read(text);
  return result.valid ? [] : result.reasons;
};
const padded = (bytes: number): string => {
  const fill = (length: number): string =>
    JSON.stringify(segment({ metadata: { default: { fill: 'x'.repeat(length) } } }));
  return HEADER + fill(bytes - fill(0).length);
};

describe('readDatagram', () => {
  it('reads a header and a document', () => {
    const document = segment();
    const body = JSON.stringify(document);
    expect(read(HEADER + body)).toEqual({ valid: true, document, warnings: [], bytes: body.length });
  });

  it('reads a header with spaces and keys in any order, and a document of several lines', () => {
    const text = `{ "version": 1, "format": "json" }\n${JSON.stringify(segment(), null, 2)}\n`;
    expect(read(text).valid).toBe(true);
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'datagram: has no header line'],
    ['garbage', 'ÿþ\u0000garbage', 'datagram: has no header line'],
    ['no header', JSON.stringify(segment()), 'datagram: has no header line'],
    ['another header', `{"format":"xml","version":1}\n{}`, 'header: must be {"format":"json","version":1}'],
    ['a later version', `{"format":"json","version":2}\n{}`, 'header: must be'],
    ['a header that is no object', `null\n{}`, 'header: must be'],
    ['no document', HEADER, 'document: is not JSON'],
    ['half a document', HEADER + JSON.stringify(segment()).slice(0, -5), 'document: is not JSON'],
    ['two documents', `${HEADER}{}\n{}`, 'document: is not JSON'],
    ['numbers that are none', `${HEADER}{"a":NaN}`, 'document: is not JSON'],
    ['a deep list', HEADER + '['.repeat(30_000) + ']'.repeat(30_000), 'document: is nested more than 200'],
    ['a document of 65,537 bytes', padded(65_537), 'document: has 65537 bytes; X-Ray takes 64 kB'],
  ])('refuses %s', (_what, text, reason) => {
    expect(reasons(text)).toEqual([expect.stringContaining(reason)]);
  });

  it('warns of a document between 64,000 and 65,536 bytes', () => {
    expect(read(padded(64_000))).toMatchObject({ valid: true, warnings: [] });
    expect(read(padded(65_536))).toMatchObject({
      valid: true,
      warnings: [expect.stringContaining('64,000')],
    });
  });

  it('keeps the text and the trace of what it refuses', () => {
    const text = HEADER + JSON.stringify(segment({ name: '' }));
    expect(read(text)).toMatchObject({ valid: false, text, bytes: text.length, traceId: TRACE });
    expect(read('garbage')).not.toHaveProperty('traceId');
  });

  it('leaves objects alone although a document has __proto__', () => {
    expect(reasons(`${HEADER}{"__proto__":{"polluted":true},"name":"x"}`).length).toBeGreaterThan(0);
    expect({}).not.toHaveProperty('polluted');
  });
});
