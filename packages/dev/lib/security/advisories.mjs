import { npm } from '../npm.mjs';
import { red } from '../terminal.mjs';

/** @import { Finding } from './licences.mjs' */

/**
 * Asks the registry what is known about production packages. One that does
 * not answer, as a mirror may not, is no failure, but is said aloud.
 *
 * @returns {Promise<Finding>}
 */
export async function checkAdvisories() {
  const { output } = await npm(['audit', '--omit=dev', '--json']);
  const report = parse(output);
  const counts = report?.metadata?.vulnerabilities;
  if (counts === undefined) {
    const reason = report?.message ?? report?.error?.summary ?? 'no answer';
    return { isGood: true, lines: [red('NOT CHECKED, the registry does not tell'), String(reason)] };
  }
  const names = Object.entries(report.vulnerabilities).map(
    ([name, { severity, range }]) => `${name} ${range}: ${severity}`,
  );
  return { isGood: counts.total === 0, lines: [`${counts.total} known`, ...names] };
}

/** npm writes warnings around the JSON. @param {string} output */
function parse(output) {
  try {
    return JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1));
  } catch {
    return undefined;
  }
}
