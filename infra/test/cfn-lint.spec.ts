import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { makeApp } from '../lib/app.ts';
import { configurations, loadConfig } from '../lib/config/load-config.ts';

const isThere = spawnSync('cfn-lint', ['--version']).error === undefined;
if (!isThere) {
  process.stderr.write('!!! SKIPPED: cfn-lint is not installed: pip install -r infra/requirements.txt\n');
}

(isThere ? describe : describe.skip)('cfn-lint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-cfn-lint-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(configurations())('has nothing to say about %s', async (name) => {
    const outdir = join(folder, name);
    makeApp(await loadConfig(name), { outdir, withAssets: false }).synth();
    const templates = readdirSync(outdir).filter((file) => file.endsWith('.template.json'));
    expect(templates.length).toBeGreaterThan(5);
    expect(lint(...templates.map((file) => join(outdir, file)))).toEqual({ status: 0, output: '' });
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

function lint(...templates: string[]): { status: number | null; output: string } {
  const { status, stdout } = spawnSync('cfn-lint', templates, {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
  });
  return { status, output: stdout };
}
