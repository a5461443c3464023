import type { HostileText } from './hostile-texts.ts';

/** A request, as `fastify.inject` takes it. */
export interface Sent {
  method: string;
  url: string;
  headers: Record<string, string>;
  payload?: string;
}

/** Where a client's bytes go in: one input of one route, as one kind of caller. */
export interface Place {
  readonly route: string;
  /** As the report calls it: `header accept`, `body.username`. */
  readonly input: string;
  readonly sender: string;
  readonly texts: readonly HostileText[];
  /** The greatest size that is let in. */
  readonly most: number;
  /** What `most` counts. */
  sizeOf(text: string): number;
  /** The request with the text in it, where it belongs and encoded as it must be. */
  request(text: string): Sent | Promise<Sent>;
}

/** In a path or query. A lone surrogate has no bytes; what a broken encoder makes of it does. */
export const inUrl = (text: string): string =>
  text
    .split(/(\p{Surrogate}+)/u)
    .map((part, index) => (index % 2 === 0 ? encodeURIComponent(part) : '%ED%A0%80'.repeat(part.length)))
    .join('');

/** In a header, whose characters are bytes. */
export const inHeader = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** How many times a text may repeat its unit until it has the greatest size of a place. */
export function mostRepetitions({ most, sizeOf }: Pick<Place, 'most' | 'sizeOf'>, text: HostileText): number {
  const none = sizeOf(text.build(0));
  const hundred = sizeOf(text.build(100));
  return Math.max(0, Math.floor(((most - none) * 100) / (hundred - none)));
}
