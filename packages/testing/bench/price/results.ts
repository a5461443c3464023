import type { Phase } from './plan.ts';
import { type Spread, spread } from './statistics.ts';

/** What is measured, and its unit. */
export const FIGURES = {
  rps: 'answers a second',
  p50: 'median of the milliseconds from request to answer',
  p99: '99th percentile of the milliseconds from request to answer',
  cpu: "microseconds of the server's CPU time an answer, all threads, the delivery of mails included",
  rss: 'most resident memory of the server meanwhile, in MiB',
  start: 'milliseconds from the start of the process to its first 200',
} as const;

export type Figure = keyof typeof FIGURES;

/** What one variant showed in one phase of one round. */
export interface Sample {
  round: number;
  /** `…-rated`: at a fixed rate. */
  phase: Phase['name'] | `${Phase['name']}-rated` | 'start';
  variant: string;
  figures: Partial<Record<Figure, number>>;
}

/** The samples of all rounds, to be asked for medians. */
export class Results {
  readonly samples: readonly Sample[];

  constructor(samples: readonly Sample[]) {
    this.samples = samples;
  }

  /** A figure over all rounds. */
  of(phase: Sample['phase'], variant: string, figure: Figure): Spread {
    return spread(this.rounds(phase, variant, figure));
  }

  /** Its ratio to that of the floor in the same round. */
  ofFloor(phase: Sample['phase'], variant: string, figure: Figure): Spread {
    const floor = this.rounds(phase, 'floor', figure);
    return spread(this.rounds(phase, variant, figure).map((value, n) => value / (floor[n] ?? NaN)));
  }

  has(phase: Sample['phase'], variant: string): boolean {
    return this.samples.some((sample) => sample.phase === phase && sample.variant === variant);
  }

  private rounds(phase: Sample['phase'], variant: string, figure: Figure): number[] {
    return this.samples
      .filter((sample) => sample.phase === phase && sample.variant === variant)
      .toSorted((a, b) => a.round - b.round)
      .map(({ figures }) => figures[figure] ?? NaN);
  }
}
