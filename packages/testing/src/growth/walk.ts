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

/** In the short form, a place gets one of this many texts. */
const SHORT_FORM_SHARE = 5;

/**
 * Sends hostile texts into every place, in the greatest size that is let in; in half of it too, if that took long.
 *
 * @param isLong every text into every place; by default a fifth of them, and others into the next place
 */
export async function walk(walked: Walked, isLong = process.env.TEST_LONG === '1'): Promise<Step[]> {
  const places = await placesOf(walked);
  const steps: Step[] = [];
  for (const [place, texts] of isLong ? places.map((one) => [one, one.texts] as const) : inTurn(places)) {
    for (const text of texts) steps.push(await stepOf(walked, place, text));
  }
  return steps;
}

/** Hands out the texts of each list in turn, so that five places with the same list get all of it. */
function inTurn(places: readonly Place[]): (readonly [Place, HostileText[]])[] {
  const turns = new Map<string, number>();
  return places.map((place) => {
    const list = place.texts.map(({ name }) => name).join();
    const turn = turns.get(list) ?? 0;
    turns.set(list, turn + 1);
    return [place, place.texts.filter((_, index) => (index + turn) % SHORT_FORM_SHARE === 0)];
  });
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
