import { describe, expect, it } from '@jest/globals';
import { dashboards, type Panel, queries } from './support/monitoring-files.ts';
import { hasPromtool, promtoolOn } from './support/promtool.ts';
import { selectorsIn, written } from './support/series.ts';

/** Panels that show something; a row only has a title. */
const shownBy = (panels: readonly Panel[]): Panel[] => panels.filter(({ type }) => type !== 'row');

describe('dashboards', () => {
  it.each(dashboards())('$file: is one, with its variables', (dashboard) => {
    expect(dashboard).toMatchObject({ uid: dashboard.file, title: dashboard.file, schemaVersion: 42 });
    expect(dashboard.templating.list.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'datasource datasource',
      'job query',
      'instance query',
    ]);
  });

  it.each(dashboards())(
    '$file: every panel says what it shows, in which unit, from the chosen source',
    ({ panels }) => {
      for (const { title, description, datasource, fieldConfig, targets } of shownBy(panels)) {
        expect({ title, description, unit: fieldConfig?.defaults.unit }).toEqual({
          title: expect.stringMatching(/\S/),
          description: expect.stringMatching(/\.$/),
          unit: expect.stringMatching(/^\w+$/),
        });
        expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
        expect(targets?.length).toBeGreaterThan(0);
        for (const { expr } of targets ?? []) {
          for (const selector of selectorsIn(expr)) expect(written(selector)).toContain('job="$job"');
        }
      }
    },
  );

  it.each(dashboards())('$file: no panel has the id or the place of another', ({ panels }) => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Map<string, number>();
    for (const { id, gridPos } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.get(`${x},${y}`)).toBeUndefined();
          taken.set(`${x},${y}`, id);
        }
      }
    }
  });

  (hasPromtool ? it : it.skip)('ask in valid PromQL', () => {
    const asRules = queries().map(({ expr }, index) => ({ record: `query:${index}`, expr }));
    // JSON is YAML.
    promtoolOn(JSON.stringify({ groups: [{ name: 'dashboards', rules: asRules }] }), 'check', 'rules');
  });
});
