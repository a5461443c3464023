import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Asks the registry about known weaknesses of what the images hold: node pipeline/audit.mjs REPORT
 *
 * Ends with 1 if there is a critical one. A registry that does not answer this question is told of and no failure:
 * ECR scans each image again when it is pushed.
 */
const [report = 'audit.json'] = process.argv.slice(2);
const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
mkdirSync(dirname(report), { recursive: true });
writeFileSync(report, stdout);

const counts = countsFrom(stdout);
if (counts === undefined) {
  process.stdout.write('!!! NOT AUDITED: the npm registry did not answer; see the findings of ECR\n');
} else {
  const found = ['critical', 'high', 'moderate', 'low'].map((level) => `${counts[level] ?? 0} ${level}`);
  process.stdout.write(`known weaknesses in production dependencies: ${found.join(', ')}\n`);
  if (counts.critical > 0) process.exitCode = 1;
}

/** @param {string} text @returns {Record<string, number> | undefined} */
function countsFrom(text) {
  try {
    return JSON.parse(text).metadata?.vulnerabilities;
  } catch {
    return undefined;
  }
}
