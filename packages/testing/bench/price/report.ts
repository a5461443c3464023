import type { Phase } from './plan.ts';
import type { Figure, Results, Sample } from './results.ts';
import type { Spread } from './statistics.ts';
import { table } from './table.ts';
import { type Variant, VARIANTS } from './variants.ts';

/** All tables, and how the goals stand, as Markdown. */
export function report(
  results: Results,
  phases: readonly Phase[],
  rates: Readonly<Record<string, number>>,
): string {
  const sections = phases.flatMap((phase) => {
    const full = [`**${phase.title}**`, fullTable(results, phase.name)];
    const rate = rates[phase.name];
    return rate === undefined
      ? full
      : [...full, `At ${rate} requests a second, of all alike:`, ratedTable(results, `${phase.name}-rated`)];
  });
  return [
    ...sections,
    '**Start**',
    startTable(results),
    '**Goals, as production runs it**',
    goals(results),
  ].join('\n\n');
}

/** Three digits, or all those before the point. */
function short(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

const ratio = (value: number): string => value.toFixed(2);
const withLimits = ({ median, min, max }: Spread, show = short): string =>
  isNaN(median) ? '–' : `${show(median)} (${show(min)}–${show(max)})`;
const middle = ({ median }: Spread, show = short): string => (isNaN(median) ? '–' : show(median));

function rows(
  results: Results,
  phase: Sample['phase'],
  columns: readonly ((variant: string) => string)[],
): string[][] {
  return VARIANTS.filter(({ name }) => results.has(phase, name)).map(({ name, title }: Variant) => [
    title,
    ...columns.map((column) => column(name)),
  ]);
}

function fullTable(results: Results, phase: Phase['name']): string {
  const of = (figure: Figure) => (variant: string) => withLimits(results.of(phase, variant, figure));
  const ofFloor = (figure: Figure) => (variant: string) =>
    middle(results.ofFloor(phase, variant, figure), ratio);
  return table(
    ['', 'requests/s', 'of the floor', 'CPU µs', 'of the floor', 'p50 ms', 'p99 ms', 'MiB', 'of the floor'],
    rows(results, phase, [
      of('rps'),
      ofFloor('rps'),
      of('cpu'),
      ofFloor('cpu'),
      (variant) => middle(results.of(phase, variant, 'p50')),
      of('p99'),
      (variant) => middle(results.of(phase, variant, 'rss')),
      ofFloor('rss'),
    ]),
  );
}

function ratedTable(results: Results, phase: Sample['phase']): string {
  return table(
    ['', 'answers/s', 'p50 ms', 'p99 ms', 'p99 of the floor'],
    rows(results, phase, [
      (variant) => middle(results.of(phase, variant, 'rps')),
      (variant) => middle(results.of(phase, variant, 'p50')),
      (variant) => withLimits(results.of(phase, variant, 'p99')),
      (variant) => withLimits(results.ofFloor(phase, variant, 'p99'), ratio),
    ]),
  );
}

function startTable(results: Results): string {
  return table(
    ['', 'ms to the first 200', 'MiB, idle'],
    rows(results, 'start', [
      (variant) => withLimits(results.of('start', variant, 'start')),
      (variant) => withLimits(results.of('start', variant, 'rss')),
    ]),
  );
}

function goals(results: Results): string {
  const ofFloor = (phase: Sample['phase'], figure: Figure): Spread =>
    results.ofFloor(phase, 'production', figure);
  const { median: cheap } = results.of('cheap', 'production', 'cpu');
  const each: [string, Spread | number, (value: number) => boolean][] = [
    ['GET one user: at least 0.90 of the floor', ofFloor('one', 'rps'), (value) => value >= 0.9],
    ['a page of 100: at least 0.90 of the floor', ofFloor('page', 'rps'), (value) => value >= 0.9],
    ["GET one user: p99 at most 1.3 times the floor's", ofFloor('one-rated', 'p99'), (value) => value <= 1.3],
    [
      "a page of 100: p99 at most 1.3 times the floor's",
      ofFloor('page-rated', 'p99'),
      (value) => value <= 1.3,
    ],
    ['POST user: under 1 ms of CPU besides the hash', cheap / 1_000, (value) => value < 1],
    ["memory, GET one user: at most 1.15 times the floor's", ofFloor('one', 'rss'), (value) => value <= 1.15],
    [
      "memory, a page of 100: at most 1.15 times the floor's",
      ofFloor('page', 'rss'),
      (value) => value <= 1.15,
    ],
  ];
  return table(
    ['', 'measured', ''],
    each.map(([text, measured, holds]) => {
      const value = typeof measured === 'number' ? measured : measured.median;
      return [text, ratio(value), holds(value) ? 'met' : '**missed**'];
    }),
  );
}
