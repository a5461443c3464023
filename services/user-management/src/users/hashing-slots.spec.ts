import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HashingSlots } from './hashing-slots.js';

const TOO_BUSY = { status: 503, code: 'TOO_BUSY', headers: { 'retry-after': '1' } };

let slots: HashingSlots;
/** Ends the pieces of work that have begun, in their order. */
let ends: (() => void)[];
/** Of the event loop's thread, as a share of a core. */
let use: number;

beforeEach(() => {
  use = 0;
  ends = [];
  // A clock that goes as fast as the loop uses a core.
  jest.spyOn(process, 'threadCpuUsage').mockImplementation((since) => ({
    user: performance.now() * 1_000 * use - (since?.user ?? 0),
    system: 0,
  }));
  slots = new HashingSlots();
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const work = (from?: string): Promise<string> =>
  slots.run(
    () =>
      new Promise((resolve) => {
        ends.push(() => {
          resolve('done');
        });
      }),
    from,
  );
const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

describe('the slots of hashing', () => {
  it('are two; the others wait in their order', async () => {
    const all = [work(), work(), work()];
    await turns();
    expect(ends).toHaveLength(2);
    expect(slots.queue).toEqual({ running: 2, waiting: 1 });
    ends[0]!();
    expect(await all[0]).toBe('done');
    await turns();
    expect(ends).toHaveLength(3);
    for (const end of ends) end();
    await Promise.all(all);
    await turns();
    expect(slots.queue).toEqual({ running: 0, waiting: 0 });
  });

  it('are free again after work that failed', async () => {
    const failing = () => slots.run(() => Promise.reject(new Error('wrong')));
    for (let index = 0; index < 5; index += 1) await expect(failing()).rejects.toThrow('wrong');
    expect(await slots.run(() => Promise.resolve('done'))).toBe('done');
  });

  it('let no more wait than can have their turn', async () => {
    const all = Array.from({ length: 252 }, () => work());
    await turns();
    await expect(work()).rejects.toMatchObject(TOO_BUSY);
    for (let index = 0; index < 252; index += 1) {
      while (ends.length <= index) await turns();
      ends[index]!();
    }
    await Promise.all(all);
  });

  it('let one client keep no other waiting, however often it asks', async () => {
    const flood = Array.from({ length: 400 }, () => work('192.0.2.1').catch((error: unknown) => error));
    await turns();
    expect(slots.queue).toEqual({ running: 2, waiting: 250 });
    const owner = work('198.51.100.1');
    await turns();
    // One of the flood has made room, and one is served before.
    for (const index of [0, 1, 2]) {
      ends[index]!();
      await turns();
    }
    expect(ends).toHaveLength(5);
    ends[3]!();
    expect(await owner).toBe('done');
    for (let index = 4; index < 252; index += 1) {
      while (ends.length <= index && slots.queue.running > 0 && slots.queue.waiting > 0) await turns();
      ends[index]?.();
    }
    const answers = await Promise.all(flood);
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(251);
    expect(answers.at(-1)).toMatchObject(TOO_BUSY);
  });

  it('let nobody wait for longer than 3 s', async () => {
    jest.useFakeTimers();
    const [first, second, third] = [work(), work(), work()];
    const refused = expect(third).rejects.toMatchObject(TOO_BUSY);
    await jest.advanceTimersByTimeAsync(3_001);
    await refused;
    // What has begun is finished, however long it takes; what was refused is not done.
    for (const end of ends) end();
    expect(await Promise.all([first, second])).toEqual(['done', 'done']);
    await turns();
    expect(ends).toHaveLength(2);
    expect(slots.queue).toEqual({ running: 0, waiting: 0 });
  });

  /** Work of 12 ms each, 20 times, by a clock that the test moves. @returns how long all of it took */
  async function milliseconds(): Promise<number> {
    const begun = performance.now();
    const done = jest.fn();
    const piece = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 12));
    const all = Promise.all(Array.from({ length: 20 }, () => slots.run(piece))).then(done);
    while (done.mock.calls.length === 0) await jest.advanceTimersByTimeAsync(1);
    await all;
    return performance.now() - begun;
  }

  it('take all they can while the event loop is idle', async () => {
    jest.useFakeTimers();
    use = 0.2;
    expect(await milliseconds()).toBe(120);
  });

  it('take a tenth of a core while the event loop is busy', async () => {
    jest.useFakeTimers();
    use = 0.3;
    // Twice ten pieces of 12 ms, each with 228 ms of rest but for the last: until the slot looks, 240 ms.
    expect(await milliseconds()).toBe(9 * (12 + 240) + 12);
  });

  it('rest no longer than the event loop is busy', async () => {
    jest.useFakeTimers();
    use = 0.3;
    setTimeout(() => (use = 0), 300);
    // One rest and a part of the second, then none.
    expect(await milliseconds()).toBeLessThan(12 * 10 + 300 + 20);
  });

  it('do not rest after what took no time', async () => {
    jest.useFakeTimers();
    use = 1;
    for (let index = 0; index < 200; index += 1) await slots.run(() => Promise.resolve());
    expect(jest.getTimerCount()).toBe(0);
  });
});
