import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { LogStream } from './log-stream.js';

describe('LogStream', () => {
  const written: string[] = [];
  const open = (): LogStream => new LogStream({ write: (text: string) => written.push(text) });
  afterEach(() => {
    written.length = 0;
  });

  it('writes the lines of one turn at its end, together and in order', async () => {
    const stream = open();
    stream.write('1\n');
    await Promise.resolve();
    stream.write('2\n');
    expect(written).toEqual([]);
    await setImmediate();
    stream.write('3\n');
    await setImmediate();
    await setImmediate();
    expect(written).toEqual(['1\n2\n', '3\n']);
  });

  it('keeps nothing when the process ends', () => {
    const stream = open();
    stream.write('last\n');
    const [listener] = process.listeners('exit').slice(-1);
    listener!(0);
    expect(written).toEqual(['last\n']);
  });

  it('writes a fatal line, and what came before it, at once', () => {
    const logger = pino({ base: null, timestamp: false }, open());
    logger.info('before');
    expect(written).toEqual([]);
    logger.fatal('the end');
    expect(written.join('').split('\n')).toEqual([
      expect.stringContaining('before'),
      expect.stringContaining('the end'),
      '',
    ]);
  });
});
