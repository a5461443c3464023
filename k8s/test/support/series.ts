/** A time series as a scrape or a test has it: its name and labels, without the value. */
export interface Series {
  name: string;
  labels: Readonly<Record<string, string>>;
}

/** What PromQL asks a metric for. */
export interface Selector {
  name: string;
  matchers: readonly { label: string; operator: string; value: string }[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const STRING = '"(?:[^"\\\\]|\\\\.)*"';
const SERIES = new RegExp(`(${NAME})\\{((?:[^"{}]|${STRING})*)\\}`, 'g');
const MATCHER = new RegExp(`(${NAME})\\s*(=~|!~|!=|=)\\s*(${STRING})`, 'g');
const NO_METRIC = new RegExp(
  `${STRING}|\\[[^\\]]*\\]|\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)`,
  'g',
);
/** A name that neither calls a function nor is the end of a number such as 5m. */
const BARE_NAME = new RegExp(`(?<![\\w.:])${NAME}(?![\\w:]|\\s*\\()`, 'g');
const KEYWORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'Inf']);

/** The series in Prometheus' text format, each once. */
export function seriesIn(text: string): Series[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = ''] = new RegExp(`^(${NAME})(?:\\{(.*)\\})? \\S+$`).exec(line) ?? [];
      if (name === '') throw new Error(`no series: ${line}`);
      return {
        name,
        labels: Object.fromEntries(matchersIn(labels).map(({ label, value }) => [label, value])),
      };
    });
}

/** All that an expression asks for; enough of PromQL for our own rules, whose syntax promtool checks. */
export function selectorsIn(expression: string): Selector[] {
  const selectors: Selector[] = [];
  const rest = expression
    .replace(SERIES, (_all, name: string, matchers: string) => {
      selectors.push({ name, matchers: matchersIn(matchers) });
      return ' ';
    })
    .replace(NO_METRIC, ' ');
  for (const [name] of rest.matchAll(BARE_NAME)) {
    if (!KEYWORDS.has(name)) selectors.push({ name, matchers: [] });
  }
  return selectors;
}

/** Whether Prometheus would take the series for the selector. */
export function matches({ name, labels }: Series, selector: Selector): boolean {
  if (name !== selector.name) return false;
  return selector.matchers.every(({ label, operator, value }) => {
    const actual = labels[label] ?? '';
    const isEqual = operator.endsWith('~') ? new RegExp(`^(?:${value})$`).test(actual) : actual === value;
    return isEqual !== operator.startsWith('!');
  });
}

/** The series or selector as PromQL writes it. */
export function written({ name, matchers }: Selector): string {
  return `${name}{${matchers.map(({ label, operator, value }) => `${label}${operator}"${value}"`).join(', ')}}`;
}

function matchersIn(text: string): { label: string; operator: string; value: string }[] {
  return [...text.matchAll(MATCHER)].map(([, label = '', operator = '', value = '']) => ({
    label,
    operator,
    value: JSON.parse(value) as string,
  }));
}
