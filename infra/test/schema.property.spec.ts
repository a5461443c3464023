import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeApp } from '../lib/app.ts';
import { parseConfig } from '../lib/config/config.ts';
import { configurations } from './support/arbitrary-config.ts';
import { AWS_RULES, ORDER_RULES, brokenRules, type Resources } from './support/aws-rules.ts';
import { hasCfnLint, lint } from './support/cfn-lint.ts';

const RUNS = Number(process.env.CONFIGURATIONS ?? 200);
/** cfn-lint needs seconds for each configuration: it looks at every template of so many of them. */
const LINTED = Number(process.env.LINTED ?? 20);
const SEED = Number(process.env.SEED ?? Date.now());
const RULES = [...AWS_RULES, ...ORDER_RULES];

describe('any configuration that the schema takes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-schema-'));
  const templates: string[] = [];
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it(`makes templates that AWS takes (${RUNS} configurations, SEED=${SEED})`, () => {
    let run = 0;
    fc.assert(
      fc.property(configurations, (input) => {
        const outdir = join(folder, String((run += 1)));
        makeApp(parseConfig(input), { outdir, withAssets: false, withNag: false }).synth();
        const files = readdirSync(outdir)
          .filter((file) => file.endsWith('.template.json'))
          .map((file) => join(outdir, file));
        const broken = files.flatMap((file) =>
          brokenRules((JSON.parse(readFileSync(file, 'utf8')) as { Resources: Resources }).Resources, RULES),
        );
        expect(broken).toEqual([]);
        if (run <= LINTED) templates.push(...files);
        else rmSync(outdir, { recursive: true });
      }),
      { numRuns: RUNS, seed: SEED },
    );
  }, 600_000);

  (hasCfnLint ? it : it.skip)(
    `makes templates that cfn-lint takes (the first ${LINTED}, SEED=${SEED})`,
    () => {
      expect(templates.length).toBeGreaterThan(LINTED * 7);
      expect(lint(...templates)).toEqual({ status: 0, output: '' });
    },
    600_000,
  );
});
