import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { withDeadline } from './deadline.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('withDeadline', () => {
  it('gives what the work gives, and leaves its signal alone', async () => {
    let given: AbortSignal | undefined;
    const result = await withDeadline(10, (signal) => {
      given = signal;
      return Promise.resolve('done');
    });
    jest.advanceTimersByTime(11);
    expect(result).toBe('done');
    expect(given?.aborted).toBe(false);
  });

  it('throws what the work throws', async () => {
    const error = new Error('broken');
    await expect(withDeadline(1_000, () => Promise.reject(error))).rejects.toBe(error);
  });

  it('aborts the work, and does not wait for work that does not heed it', async () => {
    let given: AbortSignal | undefined;
    const late = withDeadline(30, (signal) => {
      given = signal;
      return new Promise(() => undefined);
    });
    const refused = expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
    jest.advanceTimersByTime(29);
    expect(given?.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(given?.aborted).toBe(true);
    await refused;
  });
});
