import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { UnavailableError } from '@usermgmt/service-kit/app-error';
import { requestContext } from '@usermgmt/service-kit/request-context';
import { NoTracer } from '@usermgmt/service-kit/tracing/tracer';
import type { Config } from '../config.js';
import { DeliveryError } from '../notification/delivery-error.js';
import type { NotificationClient } from '../notification/notification.client.js';
import { Outbox } from './outbox.js';
import type { OutboxMetrics } from './outbox.metrics.js';
import { OutboxRelay } from './outbox.relay.js';
import type { ClaimedMessage, OutboxRepository } from './outbox.repository.js';

const POLL_MS = 10_000;
const ROOT = '1-00000000-000000000000000000000001';

const message = (index: number): ClaimedMessage => ({
  id: `id-${index}`,
  claimId: 'claim',
  payload: '{}',
  attempts: 1,
  traceHeader: `Root=${ROOT}`,
  waitedMs: 1_000,
});
const batch = (count: number): ClaimedMessage[] =>
  Array.from({ length: count }, (_, index) => message(index));

const tracer = new NoTracer();
const messages = {
  claim: jest.fn<OutboxRepository['claim']>(),
  markSent: jest.fn<OutboxRepository['markSent']>(),
  markFailed: jest.fn<OutboxRepository['markFailed']>(),
  markDead: jest.fn<OutboxRepository['markDead']>(),
  postpone: jest.fn<OutboxRepository['postpone']>(),
  deleteSent: jest.fn<OutboxRepository['deleteSent']>(),
};
const send = jest.fn<NotificationClient['send']>();
const metrics = { sent: jest.fn<(ms: number) => void>(), failed: jest.fn<(outcome: string) => void>() };
const logError = jest.fn();

let outbox: Outbox;
let relay: OutboxRelay;
/** The clock of the process, in ms. */
let nowMs: number;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['performance', 'nextTick', 'setImmediate', 'queueMicrotask'] });
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  jest.spyOn(Logger.prototype, 'error').mockImplementation(logError);
  jest.spyOn(Logger.prototype, 'debug').mockReturnValue(undefined);
  for (const mock of [...Object.values(messages), send, metrics.sent, metrics.failed, logError])
    mock.mockReset();
  messages.claim.mockResolvedValue([]);
  messages.deleteSent.mockResolvedValue(0);
  nowMs = 1_000_000;
  outbox = new Outbox(tracer);
  relay = new OutboxRelay(
    outbox,
    messages as unknown as OutboxRepository,
    { send } as unknown as NotificationClient,
    tracer,
    metrics as unknown as OutboxMetrics,
    { OUTBOX_MAX_ATTEMPTS: 3, OUTBOX_POLL_MS: POLL_MS, OUTBOX_RETENTION_HOURS: 2 } as Config,
  );
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** Lets everything run that waits for no timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
}

describe('a batch', () => {
  it('is of 20 mails at most, which no other relay gets for 30 s', async () => {
    messages.claim.mockResolvedValue(batch(2));
    expect(await relay.deliverBatch()).toBe(2);
    expect(messages.claim).toHaveBeenCalledWith(30_000, 20);
    expect(send.mock.calls).toEqual([[message(0)], [message(1)]]);
  });

  it('is sent five mails at a time', async () => {
    const answers: (() => void)[] = [];
    send.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    messages.claim.mockResolvedValue(batch(6));
    const delivery = relay.deliverBatch();
    await settle();
    expect(send).toHaveBeenCalledTimes(5);
    answers[0]!();
    await settle();
    expect(send).toHaveBeenCalledTimes(6);
    for (const answer of answers) answer();
    await delivery;
  });

  it('begins no mail that could still be under way when the lease ends', async () => {
    messages.claim.mockResolvedValue(batch(7));
    send.mockImplementation(async ({ id }) => {
      nowMs += id === 'id-5' ? 1 : 5_000;
    });
    await relay.deliverBatch();
    // After five mails 25 s of the 30 s have passed; 5 s are what one more mail needs.
    expect(send.mock.calls.map(([{ id }]) => id)).toEqual(batch(6).map(({ id }) => id));
    expect(messages.markSent).toHaveBeenCalledTimes(6);
  });
});

describe('a mail that is taken', () => {
  it('is marked, and counted with the time from its commit', async () => {
    messages.claim.mockResolvedValue([message(0)]);
    send.mockImplementation(async () => {
      nowMs += 250;
    });
    await relay.deliverBatch();
    expect(messages.markSent.mock.calls).toEqual([[message(0)]]);
    expect(metrics.sent.mock.calls).toEqual([[1_250]]);
    expect(metrics.failed).not.toHaveBeenCalled();
  });

  it('is sent within the trace of the request that caused it, as one attempt of several', async () => {
    messages.claim.mockResolvedValue([message(0)]);
    const resume = jest.spyOn(tracer, 'resume');
    let root: string | undefined;
    send.mockImplementation(async () => {
      root = requestContext.getStore()?.root;
    });
    await relay.deliverBatch();
    expect(root).toBe(ROOT);
    expect(resume.mock.calls[0]!.slice(0, 2)).toEqual([
      `Root=${ROOT}`,
      { name: 'outbox delivery', annotations: { attempt: 1 } },
    ]);
  });
});

describe('a mail that is not taken', () => {
  const refused = async (error: DeliveryError, attempts = 1): Promise<void> => {
    messages.claim.mockResolvedValue([{ ...message(0), attempts }]);
    send.mockRejectedValue(error);
    await relay.deliverBatch();
    expect(messages.markSent).not.toHaveBeenCalled();
  };

  it.each([
    ['no attempt can succeed', 'final', 1],
    ['the last attempt failed', 'retry', 3],
  ] as const)('is marked dead when %s', async (_what, verdict, attempts) => {
    await refused(new DeliveryError('422 X', verdict), attempts);
    expect(messages.markDead.mock.calls).toEqual([[{ ...message(0), attempts }, '422 X']]);
    expect(messages.markFailed).not.toHaveBeenCalled();
    expect(metrics.failed.mock.calls).toEqual([['dead']]);
    expect(logError.mock.calls).toEqual([[{ msg: 'mail given up', id: 'id-0', reason: '422 X' }]]);
  });

  it.each([
    // Half of 2 s after the second attempt.
    ['its own time', 0, 1_000],
    ['the time that notification asks for, if that is longer', 1_001, 1_001],
  ])('is tried again after %s', async (_what, retryAfterMs, waitMs) => {
    await refused(new DeliveryError('503 X', 'retry', retryAfterMs), 2);
    expect(messages.markFailed.mock.calls).toEqual([[{ ...message(0), attempts: 2 }, '503 X', waitMs]]);
    expect(messages.markDead).not.toHaveBeenCalled();
    expect(metrics.failed.mock.calls).toEqual([['retry']]);
    expect(logError).not.toHaveBeenCalled();
  });

  it.each([
    ['a second', 0, 1_000],
    ['as long as notification asks', 60_000, 60_000],
  ])('because no mail may be sent pauses the relay for %s', async (_what, retryAfterMs, pauseMs) => {
    messages.claim.mockResolvedValue(batch(6));
    send.mockRejectedValue(new DeliveryError('503 MAIL_THROTTLED', 'wait', retryAfterMs));
    expect(await relay.deliverBatch()).toBe(6);
    expect(send).toHaveBeenCalledTimes(5);
    // Those that were tried also get half of a second, so that they are not all due at the same time.
    expect(messages.postpone.mock.calls).toEqual(
      batch(6).map((one, index) => [one, '503 MAIL_THROTTLED', index < 5 ? pauseMs + 500 : pauseMs]),
    );
    nowMs += pauseMs - 1;
    expect(await relay.deliverBatch()).toBe(0);
    expect(messages.claim).toHaveBeenCalledTimes(1);
    nowMs += 1;
    expect(await relay.deliverBatch()).toBe(6);
  });

  it('at its last attempt, because no mail may be sent, stays alive', async () => {
    await refused(new DeliveryError('503 MAIL_THROTTLED', 'wait'), 3);
    expect(messages.markDead).not.toHaveBeenCalled();
    expect(messages.postpone).toHaveBeenCalledTimes(1);
  });
});

describe('the relay', () => {
  afterEach(() => relay.beforeApplicationShutdown());

  it('looks for mails at its start, when it is woken, and after each OUTBOX_POLL_MS', async () => {
    relay.onApplicationBootstrap();
    await settle();
    expect(messages.claim).toHaveBeenCalledTimes(1);
    outbox.wake();
    await settle();
    expect(messages.claim).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(POLL_MS - 1);
    expect(messages.claim).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(1);
    await settle();
    expect(messages.claim).toHaveBeenCalledTimes(3);
    expect(jest.getTimerCount()).toBe(1);
  });

  it('looks again at once when it is woken while it works', async () => {
    let end: (claimed: ClaimedMessage[]) => void = () => undefined;
    messages.claim.mockImplementationOnce(() => new Promise((resolve) => (end = resolve)));
    relay.onApplicationBootstrap();
    outbox.wake();
    end([]);
    await settle();
    expect(messages.claim).toHaveBeenCalledTimes(2);
  });

  it('looks again at once after a full batch', async () => {
    messages.claim.mockResolvedValueOnce(batch(20)).mockResolvedValueOnce(batch(19));
    relay.onApplicationBootstrap();
    await settle();
    expect(messages.claim).toHaveBeenCalledTimes(2);
    expect(send).toHaveBeenCalledTimes(39);
  });

  it('deletes what was sent before OUTBOX_RETENTION_HOURS, 1,000 rows a minute, and more at once while there are', async () => {
    messages.deleteSent.mockResolvedValueOnce(1_000).mockResolvedValueOnce(999);
    relay.onApplicationBootstrap();
    await settle();
    outbox.wake();
    await settle();
    expect(messages.deleteSent.mock.calls).toEqual([
      [7_200_000, 1_000],
      [7_200_000, 1_000],
    ]);
    nowMs += 59_999;
    outbox.wake();
    await settle();
    expect(messages.deleteSent).toHaveBeenCalledTimes(2);
    nowMs += 1;
    outbox.wake();
    await settle();
    expect(messages.deleteSent).toHaveBeenCalledTimes(3);
  });

  it('goes on after an error, and logs those that are no outage', async () => {
    messages.claim
      .mockRejectedValueOnce(new UnavailableError('DATABASE_UNAVAILABLE', 'down'))
      .mockRejectedValueOnce(new Error('unexpected'));
    relay.onApplicationBootstrap();
    await settle();
    expect(logError).not.toHaveBeenCalled();
    outbox.wake();
    await settle();
    expect(logError).toHaveBeenCalledTimes(1);
    outbox.wake();
    await settle();
    expect(messages.claim).toHaveBeenCalledTimes(3);
  });

  it('finishes what is under way when it stops, begins nothing more, and does not wait for its next look', async () => {
    const answers: (() => void)[] = [];
    send.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    messages.claim.mockResolvedValue(batch(20));
    relay.onApplicationBootstrap();
    await settle();
    let hasStopped = false;
    const stopped = relay.beforeApplicationShutdown().then(() => (hasStopped = true));
    await settle();
    expect(hasStopped).toBe(false);
    for (const answer of answers) answer();
    await stopped;
    expect(messages.markSent).toHaveBeenCalledTimes(5);
    expect(messages.claim).toHaveBeenCalledTimes(1);
    outbox.wake();
    await settle();
    expect(messages.claim).toHaveBeenCalledTimes(1);
  });

  it('stops at once when it sleeps', async () => {
    relay.onApplicationBootstrap();
    await settle();
    await relay.beforeApplicationShutdown();
    expect(jest.getTimerCount()).toBe(0);
  });
});
