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

/** In the short form, a header gets one of this many texts at each route. */
const SHORT_FORM_SHARE = 5;

/**
 * Sends hostile texts into every place, in the greatest size that is let in; in half of it too, if that took long.
 *
 * @param isLong every text into every place; by default the texts of a header are shared out among the routes
 */
export async function walk(walked: Walked, isLong = process.env.TEST_LONG === '1'): Promise<Step[]> {
  const places = await placesOf(walked);
  const steps: Step[] = [];
  for (const [place, texts] of isLong ? places.map((one) => [one, one.texts] as const) : inTurn(places)) {
    for (const text of texts) steps.push(await stepOf(walked, place, text));
  }
  return steps;
}

/**
 * Shares out texts where the same code reads an input at many routes: a header, or a query that no route declares.
 * Fields of bodies, path parameters and declared query parameters get every text at each route.
 */
function inTurn(places: readonly Place[]): (readonly [Place, readonly HostileText[]])[] {
  const byInput = Map.groupBy(places, ({ input }) => input);
  return places.map((place) => {
    const { input, texts } = place;
    const alike = byInput.get(input) ?? [];
    const isShared = (input.startsWith('header ') || input === 'query') && alike.length >= SHORT_FORM_SHARE;
    const turn = alike.indexOf(place);
    return [place, isShared ? texts.filter((_, index) => (index + turn) % SHORT_FORM_SHARE === 0) : texts];
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
