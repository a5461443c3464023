import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  alertRules,
  nameOf,
  ruleTests,
  runbooks,
  scrapeExamples,
  writeForPromtool,
} from './support/monitoring-files.ts';
import { hasPromtool, promtool, promtoolOn } from './support/promtool.ts';

const withPromtool = hasPromtool ? it : it.skip;
const PROMTOOL_MS = 180_000;
const alerts = [...new Set(alertRules().map(({ alert }) => alert))];

describe('rules', () => {
  let folder: string;
  let paths: string[];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
    paths = writeForPromtool(folder);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  withPromtool('have no mistake that promtool check finds', () => {
    promtool('check', 'rules', ...paths);
  });

  withPromtool.each(ruleTests())(
    'fire when they should, and only then: promtool test, $name',
    ({ name }) => {
      promtool('test', 'rules', join(folder, `${name}.test.yml`));
    },
    PROMTOOL_MS,
  );

  it.each(alertRules().map((rule) => ({ name: nameOf(rule), file: rule.file })))(
    'have a test in which $name of $file fires',
    ({ name, file }) => {
      const [test] = ruleTests().filter((other) => other.name === file);
      expect(test?.expectedAlerts).toContain(name);
    },
  );

  it.each(alerts)('tell what is needed, and no value of a user: %s', (alert) => {
    for (const { labels, annotations } of alertRules().filter((rule) => rule.alert === alert)) {
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(Object.keys(annotations).sort()).toEqual(['description', 'runbook_url', 'summary']);
      for (const [, template = ''] of Object.values(annotations)
        .join()
        .matchAll(/\{\{(.*?)\}\}/g)) {
        expect(template.trim()).toMatch(
          /^(?:\$value(?: \| humanize(?:Percentage|Duration))?|\$labels\.instance)$/,
        );
      }
    }
  });
});

describe('README.md', () => {
  withPromtool.each(scrapeExamples().map((example, index) => [index + 1, example] as const))(
    'gives a scrape configuration that Prometheus takes: example %d',
    (_index, example) => {
      // Debian builds promtool without Kubernetes.
      const checkable = example.replaceAll('kubernetes_sd_configs: [{ role: pod }]', 'static_configs: []');
      promtoolOn(checkable, 'check', 'config', '--syntax-only');
    },
  );

  it('names the jobs that the rules look for', () => {
    expect(scrapeExamples()).toHaveLength(2);
    for (const example of scrapeExamples()) {
      expect([...example.matchAll(/job_name: (\S+)/g)].map(([, job]) => job)).toEqual([
        'user-management',
        'notification',
      ]);
    }
  });
});

describe('docs/operations.md', () => {
  const PARTS = ['What it means.', 'What users notice.', 'Look here first.', 'What to do.', 'Wake somebody'];
  // As GitHub makes anchors of headings.
  const anchorOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-');

  it.each(alerts)('has the section that %s links to, in the shape of all', (alert) => {
    for (const { annotations } of alertRules().filter((rule) => rule.alert === alert)) {
      const [file, anchor] = (annotations.runbook_url ?? '').split('#');
      expect(file).toBe('docs/operations.md');
      const [section] = runbooks().filter(({ heading }) => anchorOf(heading) === anchor);
      expect(section?.heading).toBe(alert);
      const parts = [...(section?.text ?? '').matchAll(/^\*\*([^*]+)\*\*/gm)].map(([, part]) => part);
      expect(parts).toEqual(PARTS);
    }
  });

  it('has no section about an alert that does not exist', () => {
    expect(
      runbooks()
        .map(({ heading }) => heading)
        .sort(),
    ).toEqual([...alerts].sort());
  });
});
