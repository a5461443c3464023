import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { describeConfig } from '@usermgmt/service-kit/config';
import { accessRows } from '@usermgmt/service-kit/auth/access-markdown';
import { ACCESS, ROLES } from '../src/access-table.js';
import { migrateSchema } from '../src/commands/migrate-variables.js';
import { configSchema } from '../src/config.js';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the README', () => {
  const rows = [...README.matchAll(/^\| `([A-Z0-9_]+)` +\| (.+?) +\| (.+?) +\|$/gm)].map(
    ([, name, value, description]) => ({ name, default: value?.replaceAll('`', ''), description }),
  );

  it('has the table of variables that `--help` prints', () => {
    const expected = describeConfig(configSchema);
    expect(rows.slice(0, expected.length)).toEqual(expected);
  });

  it('has the variables that only migrate reads after them', () => {
    const common = Object.keys(configSchema.shape).length;
    expect(rows.slice(common)).toEqual(describeConfig(migrateSchema).slice(common));
  });

  it('has the access table', () => {
    const [, section = ''] = /\n## Access\n([^]+?)\n## /.exec(README) ?? [];
    const shown = [...section.matchAll(/^\| (`(?:GET|POST|PUT|PATCH|DELETE) [^`]+`) +\| (.+?) +\|$/gm)];
    expect(
      shown.map(([, route, cells]) => [route, ...(cells ?? '').split('|').map((cell) => cell.trim())]),
    ).toEqual(accessRows(ACCESS, ROLES));
  });

  it('has every path of the interface', () => {
    const { paths } = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as {
      paths: Record<string, object>;
    };
    for (const path of Object.keys(paths)) expect(README).toContain(path.replace('/usermgmt', ''));
  });
});
