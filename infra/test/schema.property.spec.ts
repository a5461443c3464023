import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { hasCfnLint, lint } from './support/cfn-lint.ts';

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, 'support/synthesize-any.ts');
const BATCH = 20;
const CONFIGURATIONS = Number(process.env.CONFIGURATIONS ?? 40);
/** cfn-lint needs seconds for each configuration: it looks at every template of so many of each batch. */
const LINTED = Number(process.env.LINTED ?? 5);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000_000);
const LONG = 600_000;

describe(`any configuration that the schema takes (SEED=${SEED})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-schema-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(Array.from({ length: Math.ceil(CONFIGURATIONS / BATCH) }, (_, index) => SEED + index))(
    `makes templates that AWS takes: ${BATCH} configurations of the seed %d`,
    async (seed) => {
      const args = [PROGRAM, folder, String(seed), String(BATCH), String(LINTED)];
      const ended = await run(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } }).catch(
        (error: unknown) => error as { stdout: string },
      );
      expect(ended.stdout).toBe('');
    },
    LONG,
  );

  (hasCfnLint ? it : it.skip)(
    `makes templates that cfn-lint takes (the first ${LINTED} of each batch)`,
    () => {
      const templates = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.template.json'))
        .map((file) => join(folder, file));
      expect(templates.length).toBeGreaterThan(LINTED * 7);
      expect(lint(...templates)).toEqual({ status: 0, output: '' });
    },
    LONG,
  );
});
