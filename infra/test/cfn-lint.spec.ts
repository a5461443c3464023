import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { configurations, loadConfig } from '../lib/config/load-config.ts';
import { hasCfnLint, lint } from './support/cfn-lint.ts';
import { templateFiles } from './support/templates.ts';

(hasCfnLint ? describe : describe.skip)('cfn-lint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-cfn-lint-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(configurations())('has nothing to say about %s', async (name) => {
    const templates = templateFiles(await loadConfig(name));
    expect(templates.length).toBeGreaterThan(5);
    expect(lint(...templates)).toEqual({ status: 0, output: '' });
  });

  it('would say so if it had', () => {
    const template = join(folder, 'wrong.json');
    const Properties = { Engine: 'mysql', EngineVersion: '5.6.1', DBInstanceClass: 'db.t4g.micro' };
    writeFileSync(
      template,
      JSON.stringify({ Resources: { Old: { Type: 'AWS::RDS::DBInstance', Properties } } }),
    );
    expect(lint(template).output).toContain('E3691');
  });
});
