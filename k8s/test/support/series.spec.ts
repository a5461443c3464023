import { describe, expect, it } from '@jest/globals';
import { matches, selectorsIn, seriesIn, written } from './series.ts';

describe('selectorsIn', () => {
  it.each([
    ['up == 0', ['up{}']],
    ['sum by (job, le) (rate(a_total{x="1", y!~"b|c[/-].*"}[5m])) * 60', ['a_total{x="1", y!~"b|c[/-].*"}']],
    ['job:a:rate5m{job="x"} > 14.4 * 0.001 and on (job) b unless c', ['job:a:rate5m{job="x"}', 'b{}', 'c{}']],
    ['(sum(up{job="x"}) or vector(0)) == 0', ['up{job="x"}']],
  ])('reads %s', (expression, found) => {
    expect(selectorsIn(expression).map(written)).toEqual(found);
  });
});

describe('matches', () => {
  const [series] = seriesIn('# HELP a b\na{x="1",route="/b/:c"} 5e-3\n');
  const takes = (expression: string): boolean =>
    selectorsIn(expression).every((one) => matches(series!, one));

  it.each(['a', 'a{x="1"}', 'a{x=~"1|2", y=""}', 'a{route!~"/b", x!="2"}'])('finds %s', (expression) => {
    expect(takes(expression)).toBe(true);
  });
  it.each(['b', 'a{x="2"}', 'a{route=~"/b"}', 'a{y!=""}', 'a{x!~"[0-9]"}'])(
    'does not find %s',
    (expression) => {
      expect(takes(expression)).toBe(false);
    },
  );
});
