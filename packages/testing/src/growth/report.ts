import type { Step } from './walk.ts';
import { MOST_GROWTH } from './work.ts';

/** Whether work grows faster than what is sent. */
const isTooMuch = ({ growth }: Step): boolean => (growth.ratio ?? 0) >= MOST_GROWTH;

/** The steps whose work grows faster than their input, one line each. */
export const tooMuch = (steps: readonly Step[]): string[] =>
  steps
    .filter(isTooMuch)
    .map(
      ({ place, text, growth: { ratio = 0, ms } }) =>
        `${place.route}, ${place.input}, ${place.sender}: ${text}: ${Math.round(ms)} ms, ${ratio.toFixed(1)} times as much as for half of it`,
    );

/** Sizes and limits that would end the walk before it reaches what it is about. */
const TOO_EARLY = new Set([413, 414, 429, 431]);

/** The steps that did not get to what they are about, or that something failed at. */
export const notReached = (steps: readonly Step[]): string[] =>
  steps
    .filter(({ status }) => TOO_EARLY.has(status) || status >= 500)
    .map(({ place, text, status }) => `${place.route}, ${place.input}, ${place.sender}: ${text}: ${status}`);

/** What was walked: a line for each route with its inputs, and the answers. */
export function report(name: string, steps: readonly Step[]): string {
  const routes = Map.groupBy(steps, ({ place }) => place.route);
  const rows = [...routes].map(([route, some]) => {
    const inputs = [...new Set(some.map(({ place }) => place.input))];
    const headers = inputs.filter((input) => input.startsWith('header ')).length;
    const others = inputs.filter((input) => !input.startsWith('header '));
    return `  ${route.padEnd(32)} ${[`${headers} headers`, ...others].join(', ')}: ${counted(some.map(({ status }) => String(status)))}`;
  });
  const headers = new Set(
    steps.flatMap(({ place: { input } }) => (input.startsWith('header ') ? [input.slice(7)] : [])),
  );
  const busiest = steps.toSorted((one, other) => other.growth.ms - one.growth.ms).slice(0, 5);
  return [
    `growth walk, ${name}: ${steps.length} inputs of ${routes.size} routes; by route: inputs: answers`,
    ...rows,
    `  headers: ${[...headers].join(', ')}`,
    `  texts: ${[...new Set(steps.map(({ text }) => text))].join(', ')}`,
    `  most work: ${busiest.map(({ place, text, growth }) => `${place.route} ${place.input} ${text} ${growth.ms.toFixed(1)} ms`).join('; ')}`,
    '',
  ].join('\n');
}

/** `200 × 17, 400 × 3`. */
function counted(statuses: readonly string[]): string {
  const groups = Map.groupBy(statuses, (status) => status);
  return [...groups].map(([status, all]) => `${status} × ${all.length}`).join(', ');
}
