import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { UnavailableError } from '@usermgmt/service-kit/app-error';
import type { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import type { OutboxRepository } from './outbox.repository.js';
import { OutboxWatch } from './outbox.watch.js';

const tracer = { background: (work: () => unknown) => work() } as unknown as Tracer;
const watch = (depth: () => Promise<object>) =>
  new OutboxWatch({ depth } as unknown as OutboxRepository, tracer);

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('the watch over the outbox', () => {
  it('says how many mails wait, and how long the oldest has', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    await watch(async () => ({ pending: 3, dead: 0, oldestMs: 90_000 })).look();
    expect(warn.mock.calls).toEqual([[{ msg: 'mails are waiting', pending: 3, oldestSeconds: 90 }]]);
  });

  it.each([
    ['nothing waits', undefined],
    ['what waits is young', 30_000],
  ])('says nothing while %s', async (_, oldestMs) => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    await watch(async () => ({ pending: 1, dead: 9, oldestMs })).look();
    expect(warn).not.toHaveBeenCalled();
  });

  it('leaves it to others to tell of a database that is down, and tells of what it did not expect', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    await watch(() => Promise.reject(new UnavailableError('DATABASE_UNAVAILABLE', 'down'))).look();
    expect(error).not.toHaveBeenCalled();
    await watch(() => Promise.reject(new Error('wrong'))).look();
    expect(error).toHaveBeenCalledTimes(1);
  });

  it('looks once a minute, until the service stops', () => {
    jest.useFakeTimers();
    const depth = jest.fn(async () => ({ pending: 0, dead: 0, oldestMs: undefined }));
    const watching = watch(depth);
    watching.onApplicationBootstrap();
    jest.advanceTimersByTime(180_000);
    expect(depth).toHaveBeenCalledTimes(3);
    watching.beforeApplicationShutdown();
    jest.advanceTimersByTime(180_000);
    expect(depth).toHaveBeenCalledTimes(3);
  });
});
