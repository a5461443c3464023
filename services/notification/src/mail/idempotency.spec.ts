import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AppError, UnavailableError, ValidationError } from '@usermgmt/service-kit/app-error';
import { Idempotency } from './idempotency.js';

let now: number;
let idempotency: Idempotency;

beforeEach(() => {
  now = 1_000;
  idempotency = new Idempotency({ maxKeys: 2, ttlMs: 60_000, now: () => now });
});

const done = (): Promise<void> => Promise.resolve();
const failWith = (error: Error) => (): Promise<void> => Promise.reject(error);

describe('Idempotency', () => {
  it('does the work once for a key', async () => {
    const work = jest.fn(done);
    expect(await idempotency.run('k', 'a', work)).toBe(false);
    expect(await idempotency.run('k', 'a', work)).toBe(true);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('does the work for each key', async () => {
    expect(await idempotency.run('k', 'a', done)).toBe(false);
    expect(await idempotency.run('l', 'a', done)).toBe(false);
  });

  it('repeats a final error, and says that it is repeated', async () => {
    const work = jest.fn(failWith(new AppError(422, 'REFUSED', 'No', { errors: [], headers: { a: 'b' } })));
    await expect(idempotency.run('k', 'a', work)).rejects.toMatchObject({ headers: { a: 'b' } });
    await expect(idempotency.run('k', 'a', work)).rejects.toMatchObject({
      status: 422,
      code: 'REFUSED',
      detail: 'No',
      errors: [],
      headers: { a: 'b', 'idempotency-replayed': 'true' },
    });
    expect(work).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['an outage', new UnavailableError('DOWN', 'Down')],
    ['a bug', new TypeError('x is not a function')],
    ['a conflict', new AppError(409, 'BUSY', 'Busy')],
    ['an internal error', new AppError(500, 'INTERNAL', 'Internal')],
    ["a library's error with a status", Object.assign(new Error('Bad'), { status: 400 })],
  ])('forgets %s, so that the request can be repeated', async (_name, error) => {
    await expect(idempotency.run('k', 'a', failWith(error))).rejects.toBe(error);
    expect(await idempotency.run('k', 'a', done)).toBe(false);
  });

  it('answers 409 while the first request runs, and does nothing', async () => {
    let finish = (): void => undefined;
    const first = idempotency.run('k', 'a', () => new Promise((resolve) => (finish = resolve)));
    const second = jest.fn(done);
    await expect(idempotency.run('k', 'a', second)).rejects.toMatchObject({
      status: 409,
      code: 'IDEMPOTENCY_KEY_IN_USE',
      headers: { 'retry-after': '1' },
    });
    finish();
    expect(await first).toBe(false);
    expect(await idempotency.run('k', 'a', second)).toBe(true);
    expect(second).not.toHaveBeenCalled();
  });

  it('runs one of many that come at once', async () => {
    const work = jest.fn(() => new Promise<void>((resolve) => setImmediate(resolve)));
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => idempotency.run('k', 'a', work)),
    );
    expect(work).toHaveBeenCalledTimes(1);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('refuses another request with the same key, also while the first one runs', async () => {
    const reused = { status: 422, code: 'IDEMPOTENCY_KEY_REUSED' };
    let finish = (): void => undefined;
    const first = idempotency.run('k', 'a', () => new Promise((resolve) => (finish = resolve)));
    await expect(idempotency.run('k', 'b', done)).rejects.toMatchObject(reused);
    finish();
    await first;
    await expect(idempotency.run('k', 'b', done)).rejects.toMatchObject(reused);
  });

  it('forgets a key after its time', async () => {
    await idempotency.run('k', 'a', done);
    now += 59_999;
    expect(await idempotency.run('k', 'a', done)).toBe(true);
    now += 2;
    expect(await idempotency.run('k', 'a', done)).toBe(false);
  });

  it('keeps the answer to a later request when one whose key was forgotten fails', async () => {
    let fail: (error: Error) => void = () => undefined;
    const first = idempotency.run('k', 'a', () => new Promise((_resolve, reject) => (fail = reject)));
    now += 60_001;
    expect(await idempotency.run('k', 'a', done)).toBe(false);
    fail(new UnavailableError('DOWN', 'Down'));
    await expect(first).rejects.toMatchObject({ code: 'DOWN' });
    expect(await idempotency.run('k', 'a', done)).toBe(true);
  });

  it('forgets the oldest key when it holds too many', async () => {
    for (const key of ['k', 'l', 'm']) await idempotency.run(key, 'a', done);
    expect(await idempotency.run('m', 'a', done)).toBe(true);
    expect(await idempotency.run('k', 'a', done)).toBe(false);
  });

  it('keeps a validation error', async () => {
    const error = new ValidationError([{ field: 'f', message: 'm' }]);
    await expect(idempotency.run('k', 'a', failWith(error))).rejects.toBe(error);
    await expect(idempotency.run('k', 'a', done)).rejects.toMatchObject({
      status: 400,
      errors: error.errors,
    });
  });
});
