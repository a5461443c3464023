import type { HostileText } from './hostile-texts.ts';
import { mostRepetitions, type Place } from './place.ts';
import { placesOf } from './places.ts';
import type { Walked } from './walked.ts';
import { type Growth, growthOf, workOf } from './work.ts';

/** A text in a place, and what it cost. */
export interface Step {
  readonly place: Place;
  readonly text: string;
  /** What the greatest size of it was answered with. */
  readonly status: number;
  readonly growth: Growth;
}

/** Sends every hostile text into every place, in the greatest size that is let in; in half of it too, if that took long. */
export async function walk(walked: Walked): Promise<Step[]> {
  const steps: Step[] = [];
  for (const place of await placesOf(walked)) {
    for (const text of place.texts) steps.push(await stepOf(walked, place, text));
  }
  return steps;
}

async function stepOf({ fastify }: Walked, place: Place, text: HostileText): Promise<Step> {
  const most = mostRepetitions(place, text);
  let status = 0;
  const growth = await growthOf(async (share) => {
    const sent = await place.request(text.build(Math.floor(most * share)));
    return workOf(async () => {
      const { statusCode } = await fastify.inject(sent);
      if (share === 1) status = statusCode;
    });
  });
  return { place, text: text.name, status, growth };
}
