import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** Work below this does no harm: ms of the event loop. */
const FLOOR_MS = 10;
/** The steps in which some systems count processor time, in ms. */
const STEP_MS = 4;
/** Twice the size may take this many times the work: 2 is linear, 4 quadratic. */
export const MOST_GROWTH = 3;
/** Processor time of the greatest size after which a ratio that is clearly linear is believed, and any ratio; in ms. */
const ENOUGH_MS = { linear: 100, any: 500 };
const CLEARLY_LINEAR = 2.5;

/** What one run took, in ms. */
export interface Work {
  /** The event loop was busy; longer when other processes take the processor, never shorter. */
  readonly busy: number;
  /** The processor worked for this thread; counted in steps on some systems, so that only sums say more than a bound. */
  readonly processor: number;
}

/** What one input cost. */
export interface Growth {
  /** Work of the greatest size over that of half of it; undefined: too little work to do harm. */
  readonly ratio: number | undefined;
  /** Work of the greatest size, without that of the request itself, in ms. */
  readonly ms: number;
}

/** Measures `run`; work of other threads and waiting do not count. */
export async function workOf(run: () => Promise<unknown>): Promise<Work> {
  const [loop, processor] = [performance.eventLoopUtilization(), process.threadCpuUsage()];
  await run();
  // What ends a request comes after its answer.
  await setImmediate();
  const { user, system } = process.threadCpuUsage(processor);
  return {
    busy: performance.eventLoopUtilization(loop).active,
    processor: (user + system) / 1_000,
  };
}

const least = ({ busy, processor }: Work): number => Math.min(busy, processor);

/** By either measure: on a busy machine the event loop takes long for little work. */
const isHarmless = ({ busy, processor }: Work): boolean => busy < FLOOR_MS || processor < FLOOR_MS - STEP_MS;

/**
 * How the work of an input grows between half of its greatest size and all of it.
 *
 * @param run sends the input: a share of 0, a half or 1 of its greatest size
 */
export async function growthOf(run: (share: number) => Promise<Work>): Promise<Growth> {
  const first = await run(1);
  if (isHarmless(first)) return { ratio: undefined, ms: least(first) };
  const sum = { idle: 0, half: 0, full: 0 };
  for (let round = 1; ; round += 1) {
    sum.idle += (await run(0)).processor;
    sum.half += (await run(0.5)).processor;
    const full = await run(1);
    sum.full += full.processor;
    if (isHarmless(full)) return { ratio: undefined, ms: least(full) };
    const ms = (sum.full - sum.idle) / round;
    const ratio = (sum.full - sum.idle) / Math.max(sum.half - sum.idle, 1);
    // Most of it is the request itself, whatever is in it.
    const isIdle = sum.full > ENOUGH_MS.linear && ms < FLOOR_MS / 2;
    const isLinear = sum.full > ENOUGH_MS.linear && ratio < CLEARLY_LINEAR;
    if (isIdle) return { ratio: undefined, ms };
    if (isLinear || sum.full > ENOUGH_MS.any) return { ratio, ms };
  }
}
