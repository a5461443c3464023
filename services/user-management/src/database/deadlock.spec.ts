import { describe, expect, it, jest } from '@jest/globals';
import { despiteDeadlocks } from './deadlock.js';

const deadlock = (): Error => Object.assign(new Error('Deadlock found'), { code: 'ER_LOCK_DEADLOCK' });

describe('despiteDeadlocks', () => {
  it('does the work again after a deadlock, three times in all', async () => {
    const work = jest.fn<() => Promise<string>>();
    work.mockRejectedValueOnce(deadlock()).mockRejectedValueOnce(deadlock()).mockResolvedValue('done');
    expect(await despiteDeadlocks(work)).toBe('done');
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('reports the database as unavailable when the third try ends in a deadlock too', async () => {
    const last = deadlock();
    const work = jest.fn<() => Promise<void>>();
    work.mockRejectedValueOnce(deadlock()).mockRejectedValueOnce(deadlock()).mockRejectedValue(last);
    await expect(despiteDeadlocks(work)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', cause: last });
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('passes on any other error at once', async () => {
    const error = new Error('duplicate');
    const work = jest.fn(() => Promise.reject(error));
    await expect(despiteDeadlocks(work)).rejects.toBe(error);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
