import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../paths.mjs';
import { runToEnd } from '../run-to-end.mjs';

/** @import { Finding } from './licences.mjs' */

/** What guesses from the look of a text; the others know what a token, a key or a password in a URL looks like. */
const GUESSING = ['Base64HighEntropyString', 'HexHighEntropyString', 'KeywordDetector'];

/**
 * Has detect-secrets look at every line that any commit of any branch has
 * added: what was deleted later is in the history all the same.
 *
 * @param {string} root of the repository
 * @returns {Promise<Finding>}
 */
export async function checkHistory(root = ROOT) {
  const git = (/** @type {string[]} */ ...args) =>
    runToEnd('git', ['-C', root, '-c', 'core.quotepath=off', ...args]);
  const shallow = await git('rev-parse', '--is-shallow-repository');
  if (shallow.output.trim() !== 'false') {
    return { isGood: false, lines: ['the clone is shallow: `git fetch --unshallow` first'] };
  }
  const log = await git(
    ...['log', '--all', '--patch', '--unified=0', '--no-renames', '--diff-merges=first-parent'],
    ...['--no-color', '--no-ext-diff', '--format=commit %H'],
  );
  if (log.code !== 0) return { isGood: false, lines: [`git log ended with ${log.code}`, log.output] };
  const added = addedLines(log.output);
  const folder = await mkdtemp(join(tmpdir(), 'usermgmt-history-'));
  try {
    for (const [path, lines] of added) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, lines.join('\n'));
    }
    return await scan(folder, added);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * @param {string} log
 * @returns {Map<string, string[]>} by commit and path: `1a2b3c…/docs/x.md`
 */
export function addedLines(log) {
  const added = new Map();
  let commit = '';
  /** @type {string[] | undefined} */
  let lines;
  for (const line of log.split('\n')) {
    if (line.startsWith('commit ')) commit = line.slice('commit '.length);
    else if (line.startsWith('+++ ')) {
      const path = line.startsWith('+++ b/') ? line.slice('+++ b/'.length) : undefined;
      lines = path === undefined ? undefined : [];
      if (lines) added.set(`${commit}/${path}`, lines);
    } else if (line.startsWith('+')) lines?.push(line.slice(1));
  }
  return added;
}

/** @param {string} folder @param {Map<string, string[]>} added @returns {Promise<Finding>} */
async function scan(folder, added) {
  const disabled = GUESSING.flatMap((name) => ['--disable-plugin', name]);
  const { code, output } = await runToEnd('detect-secrets', [
    ...['-C', folder, 'scan', '--all-files', '--no-verify', ...disabled, '.'],
  ]);
  if (code === 127) {
    return {
      isGood: false,
      lines: ['detect-secrets is not installed: pip install -r packages/testing/requirements.txt'],
    };
  }
  if (code !== 0) return { isGood: false, lines: [`detect-secrets ended with ${code}`, output] };
  /** @type {Record<string, { type: string, line_number: number }[]>} */
  const results = JSON.parse(output.slice(output.indexOf('{'))).results;
  const found = Object.entries(results).flatMap(([path, secrets]) =>
    secrets.map(({ type, line_number: line }) => `${type}: ${path}, added line ${line}`),
  );
  const count = [...added.values()].reduce((sum, { length }) => sum + length, 0);
  return {
    isGood: found.length === 0 && added.size > 0,
    lines: [`${found.length} found in ${count} added lines of ${added.size} changed files`, ...found],
  };
}
