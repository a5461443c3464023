/**
 * Runs schemathesis (https://schemathesis.readthedocs.io) against the OpenAPI
 * documents of both services, in each AUTH_MODE: no 5xx, no undocumented
 * status or form of an answer, nothing taken that the schema refuses, nothing
 * without a token that wants one.
 *
 *   pip install -r packages/testing/requirements.txt
 *   npm run test:api [-- MODE…]      none, local, jwt; all of them if none is named
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CLIENT_SECRET, MODES, type Mode, startInMode, type Target } from './modes.ts';

/** In all modes together. */
const LEAST_CASES = 5_000;
/** Test cases an operation and phase; chosen so that the least is reached with some to spare. */
const EXAMPLES = 80;

const HERE = new URL('./', import.meta.url).pathname;
const ROOT = new URL('../../../', import.meta.url).pathname;
const run = promisify(execFile);

interface Result {
  mode: Mode;
  service: string;
  cases: number;
  seconds: number;
  isGood: boolean;
}

async function check(mode: Mode, target: Target): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-schemathesis-'));
  const report = join(folder, 'report.json');
  // Where everybody may do everything, a token makes no difference, whatever the document says.
  const open = ['--exclude-checks', 'ignored_auth', '--generation-with-security-parameters', 'false'];
  // Only there are these anything else than a 404.
  const noTokens = ['--exclude-tag', 'tokens'];
  const args = [
    ...[
      '--config-file',
      join(HERE, 'schemathesis.toml'),
      'run',
      join(ROOT, 'services', target.service, 'openapi.json'),
    ],
    ...['--url', target.url, '--max-examples', String(EXAMPLES)],
    ...['--report', 'json', '--report-json-path', report],
    ...(mode === 'none' ? open : []),
    ...(mode === 'local' ? [] : noTokens),
  ];
  const begun = performance.now();
  let isGood = true;
  try {
    await run('st', args, {
      cwd: HERE,
      env: { ...process.env, SCHEMATHESIS_TOKEN: target.token, SCHEMATHESIS_SECRET: CLIENT_SECRET },
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    isGood = false;
    // Some of what it shows are whole bodies of 100 kB.
    const { stdout = String(error) } = error as { stdout?: string };
    console.log(stdout.replace(/^(.{500}).*$/gm, '$1 …'));
  }
  const seconds = Math.round((performance.now() - begun) / 1_000);
  const cases = existsSync(report) ? casesIn(readFileSync(report, 'utf8')) : 0;
  rmSync(folder, { recursive: true });
  return { mode, service: target.service, cases, seconds, isGood: isGood && cases > 0 };
}

function casesIn(report: string): number {
  const { test_cases: cases } = JSON.parse(report) as { test_cases: { generated: number } };
  return cases.generated;
}

const named = process.argv.slice(2) as Mode[];
try {
  await run('st', ['--version']);
} catch {
  console.log('schemathesis is not installed: pip install -r packages/testing/requirements.txt');
  process.exit(1);
}
const results: Result[] = [];
for (const mode of named.length > 0 ? named : MODES) {
  const system = await startInMode(mode);
  try {
    results.push(...(await Promise.all(system.targets.map((target) => check(mode, target)))));
  } finally {
    await system.stop();
  }
}
console.log('mode   service          cases  seconds');
for (const { mode, service, cases, seconds, isGood } of results) {
  console.log(
    `${mode.padEnd(6)} ${service.padEnd(16)} ${String(cases).padStart(5)} ${String(seconds).padStart(8)}  ${isGood ? 'ok' : 'FAILED'}`,
  );
}
const cases = results.reduce((sum, result) => sum + result.cases, 0);
console.log(`${cases} cases`);
if (results.some(({ isGood }) => !isGood)) process.exitCode = 1;
if (named.length === 0 && cases < LEAST_CASES) {
  console.log(`fewer than ${LEAST_CASES}: raise EXAMPLES`);
  process.exitCode = 1;
}
