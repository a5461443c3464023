import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Receiver, startReceiver } from '../src/receiver.ts';
import { HEADER, sendDocuments } from '../src/send-documents.ts';
import { userCreation } from '../src/synthetic.ts';
import { newTraceId } from '../src/synthetic-parts.ts';
import { segment } from './documents.ts';
import { until } from './local-xray.ts';

describe('startReceiver', () => {
  let receiver: Receiver;

  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(() => receiver.stop());

  it('listens on a free port of this machine only', () => {
    expect(receiver.host).toBe('127.0.0.1');
    expect(receiver.port).toBeGreaterThan(1023);
  });

  it('gives the documents and the trace that came', async () => {
    const documents = userCreation({ at: 1000 });
    await sendDocuments(receiver.port, documents);
    await until('two documents', () => receiver.documents().length === 2);
    expect(receiver.documents()).toEqual(documents);
    expect(receiver.traces()).toMatchObject([
      { segments: 2, orphans: 0, invalid: [], tree: [{ kind: 'segment' }] },
    ]);
  });

  it('tells what it refuses, and to which trace it belongs', async () => {
    const trace_id = newTraceId(1);
    await sendDocuments(receiver.port, [segment({ trace_id }), segment({ trace_id, id: 'x' })]);
    await until('both', () => receiver.invalid().length === 1 && receiver.documents().length === 1);
    expect(receiver.invalid()[0]?.reasons).toEqual(['id: must be 16 hexadecimal digits in lower case']);
    expect(receiver.traces()[0]?.invalid).toHaveLength(1);
  });

  it('lives on whatever comes', async () => {
    const garbage = [
      '',
      '\n',
      '\u0000\u0001\u0002',
      '{}',
      HEADER,
      `${HEADER}null`,
      `${HEADER}[]`,
      `${HEADER}${'['.repeat(30_000)}`,
      HEADER + 'x'.repeat(65_507 - HEADER.length),
      JSON.stringify(segment()),
      ...Array.from({ length: 200 }, (_, seed) => noise(seed)),
    ];
    await sendDocuments(receiver.port, garbage);
    await until('all of it', () => receiver.store.invalidCount === garbage.length);
    await sendDocuments(receiver.port, [segment()]);
    await until('a good one', () => receiver.documents().length === 1);
  });

  it('loses nothing of 10,000 documents in a burst', async () => {
    const traces = Array.from({ length: 5000 }, (_, index) => userCreation({ at: 1000 + index }));
    const wide = await startReceiver({ limits: { traces: 5000, bytes: Infinity } });
    try {
      await sendDocuments(wide.port, traces.flat());
      await until('5,000 traces', () => wide.store.size === 5000);
      expect(wide.documents()).toHaveLength(10_000);
      expect(wide.lost()).toBe(0);
      expect(
        wide.traces().filter(({ orphans, warnings, segments }) => orphans + warnings > 0 || segments !== 2),
      ).toEqual([]);
    } finally {
      await wide.stop();
    }
  });

  it('forgets', async () => {
    await sendDocuments(receiver.port, [segment(), 'garbage']);
    await until('both', () => receiver.documents().length + receiver.invalid().length === 2);
    receiver.clear();
    expect([receiver.documents(), receiver.invalid(), receiver.traces()]).toEqual([[], [], []]);
  });

  it('says so when the port is taken, and frees it when stopped', async () => {
    await expect(startReceiver({ port: receiver.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const other = await startReceiver();
    await other.stop();
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(other.port, '127.0.0.1', resolve));
    socket.close();
  });
});

/** Bytes that differ from seed to seed and are the same each time; a header in front of every second. */
function noise(seed: number): string {
  let state = seed + 1;
  const bytes = Buffer.from(
    Array.from({ length: 40 }, () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % 256),
  );
  return (seed % 2 ? HEADER : '') + bytes.toString('latin1');
}
