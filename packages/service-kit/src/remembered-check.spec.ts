import { describe, expect, it } from '@jest/globals';
import { rememberedCheck } from './remembered-check.js';

const KEEP_MS = 5_000;

/** A check that is answered by hand, and a clock. */
function setUp(keepMs = KEEP_MS) {
  const asked: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const clock = { ms: 0 };
  const check = rememberedCheck(
    () =>
      new Promise((resolve, reject) => {
        asked.push({ resolve, reject });
      }),
    keepMs,
    () => clock.ms,
  );
  return { asked, clock, check };
}

describe('a remembered check', () => {
  it('asks once for 100 callers at the same time, however long it takes', async () => {
    const { asked, clock, check } = setUp();
    const callers = Array.from({ length: 99 }, check);
    clock.ms = 10 * KEEP_MS;
    callers.push(check());
    asked[0]?.resolve();
    await Promise.all(callers);
    expect(asked).toHaveLength(1);
  });

  it('asks again once the outcome is old', async () => {
    const { asked, clock, check } = setUp();
    const first = check();
    asked[0]?.resolve();
    await first;
    clock.ms = KEEP_MS - 1;
    await check();
    expect(asked).toHaveLength(1);
    clock.ms = KEEP_MS;
    const second = check();
    expect(asked).toHaveLength(2);
    asked[1]?.resolve();
    await second;
  });

  it('remembers a failure as long', async () => {
    const { asked, clock, check } = setUp();
    const first = check();
    asked[0]?.reject(new Error('down'));
    await expect(first).rejects.toThrow('down');
    await expect(check()).rejects.toThrow('down');
    expect(asked).toHaveLength(1);
    clock.ms = KEEP_MS;
    const second = check();
    asked[1]?.resolve();
    await second;
  });

  it('asks each time one after the other when nothing is to be remembered', async () => {
    const { asked, check } = setUp(0);
    const [one, other] = [check(), check()];
    asked[0]?.resolve();
    await Promise.all([one, other]);
    void check();
    expect(asked).toHaveLength(2);
  });
});
