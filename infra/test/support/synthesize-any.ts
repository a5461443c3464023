import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { makeApp } from '../../lib/app.ts';
import { parseConfig } from '../../lib/config/config.ts';
import { configurations } from './arbitrary-config.ts';
import { AWS_RULES, ORDER_RULES, brokenRules, type Resources } from './aws-rules.ts';

/**
 * node synthesize-any.ts FOLDER SEED RUNS KEPT: synthesizes configurations that the schema takes, and ends with 1 and the
 * smallest one that breaks a rule of AWS. The templates of the first KEPT stay in FOLDER. A program of its own, because
 * the CDK needs more memory for so many than a worker of Jest has.
 */
const [folder = '', seed, runs, kept] = process.argv.slice(2);
const rules = [...AWS_RULES, ...ORDER_RULES];
let run = 0;

try {
  fc.assert(
    fc.property(configurations, (input) => {
      const outdir = join(folder, `${String(seed)}-${String((run += 1))}`);
      makeApp(parseConfig(input), { outdir, withAssets: false, withNag: false }).synth();
      const broken = readdirSync(outdir)
        .filter((file) => file.endsWith('.template.json'))
        .flatMap((file) => {
          const template = JSON.parse(readFileSync(join(outdir, file), 'utf8')) as { Resources: Resources };
          return brokenRules(template.Resources, rules);
        });
      if (run > Number(kept)) rmSync(outdir, { recursive: true });
      if (broken.length > 0) throw new Error(broken.join('\n'));
    }),
    { numRuns: Number(runs), seed: Number(seed) },
  );
} catch (error) {
  process.stdout.write(
    `${error instanceof Error ? `${error.message}\n${String(error.cause)}` : String(error)}\n`,
  );
  process.exitCode = 1;
}
