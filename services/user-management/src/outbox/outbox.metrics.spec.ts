import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Metrics } from '@usermgmt/service-kit/metrics/metrics';
import { NoTracer } from '@usermgmt/service-kit/tracing/tracer';
import { OutboxMetrics } from './outbox.metrics.js';
import type { OutboxRepository } from './outbox.repository.js';

const depth = jest.fn<OutboxRepository['depth']>();
let metrics: Metrics;
let outbox: OutboxMetrics;

beforeEach(() => {
  depth.mockReset().mockResolvedValue({ pending: 3, dead: 2, oldestMs: 90_500 });
  metrics = new Metrics({ service: 'test', version: '1', node: '24' });
  outbox = new OutboxMetrics(metrics, { depth } as unknown as OutboxRepository, new NoTracer());
});

/** The lines of the outbox's metrics, without their explanations. */
const lines = async (): Promise<string[]> =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith('outbox_'));

describe('the metrics of the outbox', () => {
  it('tell how many mails wait and are dead, and how long the oldest has waited, by one query for each scrape', async () => {
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'outbox_messages{state="pending"} 3',
        'outbox_messages{state="dead"} 2',
        'outbox_oldest_pending_seconds 90.5',
      ]),
    );
    expect(depth).toHaveBeenCalledTimes(1);
    depth.mockResolvedValue({ pending: 0, dead: 2, oldestMs: undefined });
    expect(await lines()).toEqual(
      expect.arrayContaining(['outbox_messages{state="pending"} 0', 'outbox_oldest_pending_seconds 0']),
    );
    expect(depth).toHaveBeenCalledTimes(2);
  });

  it('keep their last values while the database is down', async () => {
    depth.mockRejectedValue(new Error('down'));
    expect(await lines()).toContain('outbox_messages{state="pending"} 0');
  });

  it('count attempts by how they ended, from 0 on', async () => {
    const counts = async (): Promise<string[]> =>
      (await lines()).filter((line) => line.startsWith('outbox_attempts_total'));
    expect(await counts()).toEqual([
      'outbox_attempts_total{outcome="sent"} 0',
      'outbox_attempts_total{outcome="retry"} 0',
      'outbox_attempts_total{outcome="dead"} 0',
    ]);
    outbox.sent(1_000);
    outbox.failed('retry');
    outbox.failed('dead');
    outbox.failed('dead');
    expect(await counts()).toEqual([
      'outbox_attempts_total{outcome="sent"} 1',
      'outbox_attempts_total{outcome="retry"} 1',
      'outbox_attempts_total{outcome="dead"} 2',
    ]);
  });

  it('measure in seconds how long a mail took from its commit to its acceptance', async () => {
    outbox.sent(400);
    outbox.sent(2_000_000);
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'outbox_delivery_seconds_bucket{le="0.25"} 0',
        'outbox_delivery_seconds_bucket{le="0.5"} 1',
        'outbox_delivery_seconds_bucket{le="3600"} 2',
        'outbox_delivery_seconds_sum 2000.4',
        'outbox_delivery_seconds_count 2',
      ]),
    );
  });
});
