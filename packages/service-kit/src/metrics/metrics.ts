import { Inject, Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a metric is called and says; names follow https://prometheus.io/docs/practices/naming/. */
interface MetricDescription<Label extends string> {
  name: string;
  help: string;
  labels?: readonly Label[];
}

/** What the metric `build_info` says. */
export interface BuildInfo {
  service: string;
  version: string;
  node: string;
}

/** Injection token of the {@link BuildInfo}. */
export const BUILD_INFO = Symbol('BuildInfo');

/**
 * The metrics of this process. Features make theirs here. A label takes only
 * values from a list that the code knows: never one of a request.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();

  constructor(@Inject(BUILD_INFO) build: BuildInfo) {
    collectDefaultMetrics({ register: this.registry });
    const labels = Object.keys(build) as (keyof BuildInfo)[];
    this.gauge({ name: 'build_info', help: 'What runs here; always 1', labels }).set({ ...build }, 1);
  }

  counter<Label extends string>({ labels = [], ...description }: MetricDescription<Label>): Counter<Label> {
    return new Counter({ ...description, labelNames: labels, registers: [this.registry] });
  }

  histogram<Label extends string>(
    { labels = [], ...description }: MetricDescription<Label>,
    buckets: readonly number[],
  ): Histogram<Label> {
    return new Histogram({
      ...description,
      labelNames: labels,
      buckets: [...buckets],
      registers: [this.registry],
    });
  }

  /** @param collect sets the gauge when it is asked for; if it fails, the gauge keeps its last value */
  gauge<Label extends string>(
    { labels = [], ...description }: MetricDescription<Label>,
    collect?: (gauge: Gauge<Label>) => void | Promise<void>,
  ): Gauge<Label> {
    return new Gauge({
      ...description,
      labelNames: labels,
      registers: [this.registry],
      ...(collect && {
        async collect(this: Gauge<Label>) {
          try {
            await collect(this);
          } catch {
            // A scrape must not fail because one thing can't be asked at the moment.
          }
        },
      }),
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** All metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}
