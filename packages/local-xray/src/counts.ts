import type { Receiver } from './receiver.ts';

/** What the head of the page shows. */
export interface Counts {
  /** Where segments come in, UDP. */
  segmentPort: number;
  traces: number;
  invalid: number;
  lost: number;
}

/** How much came so far. */
export function counts({ port, store, lost }: Receiver): Counts {
  return { segmentPort: port, traces: store.size, invalid: store.invalidCount, lost: lost() };
}
