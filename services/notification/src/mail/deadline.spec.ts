import { describe, expect, it } from '@jest/globals';
import { withDeadline } from './deadline.js';

describe('withDeadline', () => {
  it('gives what the work gives, and leaves its signal alone', async () => {
    let given: AbortSignal | undefined;
    const result = await withDeadline(10, (signal) => {
      given = signal;
      return Promise.resolve('done');
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(result).toBe('done');
    expect(given?.aborted).toBe(false);
  });

  it('throws what the work throws', async () => {
    const error = new Error('broken');
    await expect(withDeadline(1_000, () => Promise.reject(error))).rejects.toBe(error);
  });

  it('aborts the work, and does not wait for work that does not heed it', async () => {
    let given: AbortSignal | undefined;
    const start = performance.now();
    const late = withDeadline(30, (signal) => {
      given = signal;
      return new Promise(() => undefined);
    });
    await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(given?.aborted).toBe(true);
  });
});
