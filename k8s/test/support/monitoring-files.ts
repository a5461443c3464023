import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';

const COMPONENT = new URL('../../components/monitoring/', import.meta.url);
const TESTS = new URL('../monitoring/', import.meta.url);
const RUNBOOKS = new URL('../../../docs/operations.md', import.meta.url);

/** A recording rule (`record`) or an alerting rule (`alert`), and the file it stands in, without `.yml`. */
export interface Rule {
  file: string;
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
}

/** A rule that somebody is told by. */
export type AlertRule = Rule & Required<Pick<Rule, 'alert' | 'labels' | 'annotations'>>;

/** A panel of a Grafana dashboard, as far as it is checked. */
export interface Panel {
  id: number;
  type: string;
  title?: string;
  description?: string;
  datasource?: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults: { unit?: string } };
  targets?: { refId: string; expr: string; legendFormat?: string }[];
}

/** A Grafana dashboard, as far as it is checked. */
export interface Dashboard {
  file: string;
  uid: string;
  title: string;
  schemaVersion: number;
  templating: { list: { name: string; type: string; query?: string }[] };
  panels: Panel[];
}

/** A test for promtool, and each alert that it expects, as `alert severity window`. */
export interface RuleTest {
  name: string;
  expectedAlerts: Set<string>;
}

const filesIn = (folder: URL, ending: string): { name: string; url: URL; path: string }[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => {
      const url = new URL(file, folder);
      return { name: file.slice(0, -ending.length), url, path: url.pathname };
    });

/** All rules of all files. */
export function rules(): Rule[] {
  return filesIn(new URL('rules/', COMPONENT), '.yml').flatMap(({ name, url }) => {
    const { spec } = load(readFileSync(url, 'utf8')) as { spec: { groups: { rules: Rule[] }[] } };
    return spec.groups.flatMap((group) => group.rules.map((rule) => ({ ...rule, file: name })));
  });
}

/** The rules that alert. */
export const alertRules = (): AlertRule[] =>
  rules().filter((rule): rule is AlertRule => rule.alert !== undefined);

/** An alerting rule in one word: several rules of different windows may have one name. */
export const nameOf = ({ alert, labels: { severity = '', window = '' } }: AlertRule): string =>
  `${alert} ${severity} ${window}`.trim();

/** The dashboards. */
export const dashboards = (): Dashboard[] =>
  filesIn(new URL('dashboards/', COMPONENT), '.json').map(({ name, url }) => ({
    ...(JSON.parse(readFileSync(url, 'utf8')) as Omit<Dashboard, 'file'>),
    file: name,
  }));

/** Every query of the dashboards, with Grafana's variables filled in. */
export const queries = (): { where: string; expr: string }[] =>
  dashboards().flatMap(({ file, panels }) =>
    panels.flatMap(({ targets = [] }) =>
      targets.map(({ expr }) => ({
        where: `dashboards/${file}.json`,
        expr: expr
          .replaceAll('$__rate_interval', '5m')
          .replaceAll('$job', file)
          .replaceAll('"$instance"', '".*"'),
      })),
    ),
  );

/** The tests for promtool. */
export const ruleTests = (): RuleTest[] =>
  filesIn(TESTS, '.test.yml').map(({ name, url }) => {
    const labels = [...readFileSync(url, 'utf8').matchAll(/labels: '\{alertname="(\w+)", ([^}]*)\}'/g)];
    const expected = labels.map(([, alert = '', rest = '']) =>
      [alert, ...[...rest.matchAll(/="(\w+)"/g)].map(([, value = '']) => value)].join(' '),
    );
    return { name, expectedAlerts: new Set(expected) };
  });

/**
 * Puts rules and tests into a folder as promtool wants them: rules without what makes them objects of Kubernetes.
 *
 * @returns the paths of the rules
 */
export function writeForPromtool(folder: string): string[] {
  mkdirSync(join(folder, 'rules'));
  for (const { name, url } of filesIn(TESTS, '.test.yml')) {
    const text = readFileSync(url, 'utf8').replaceAll('../../components/monitoring/', '');
    writeFileSync(join(folder, `${name}.test.yml`), text);
  }
  return filesIn(new URL('rules/', COMPONENT), '.yml').map(({ name, url }) => {
    const { spec } = load(readFileSync(url, 'utf8')) as { spec: object };
    const path = join(folder, 'rules', `${name}.yml`);
    writeFileSync(path, dump(spec));
    return path;
  });
}

/** The scrape configurations that README.md shows. */
export const scrapeExamples = (): string[] =>
  [
    ...readFileSync(new URL('README.md', COMPONENT), 'utf8').matchAll(/```yaml\n(scrape_configs:[^`]*)```/g),
  ].map(([, example = '']) => example);

/** The sections of docs/operations.md at the level of a runbook (`###`): heading and text. */
export function runbooks(): { heading: string; text: string }[] {
  const [, ...sections] = readFileSync(RUNBOOKS, 'utf8').split(/^### /m);
  return sections.map((section) => {
    const [heading = '', ...lines] = section.split(/^## /m)[0]!.split('\n');
    return { heading: heading.trim(), text: lines.join('\n') };
  });
}
