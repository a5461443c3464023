import { readFileSync } from 'node:fs';
import { Failure } from '../failure.mjs';
import { fromRoot } from '../paths.mjs';

/** What stands where a value of the account belongs: `<ARN of the certificate>`. */
const PLACEHOLDER = /<[^<>]*>/;

/**
 * The settings of an overlay, as Kustomize reads them: a line without `=` takes its value from the environment.
 *
 * @param {string} overlay path from the root of the repository
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {{ name: string, value: string, isFromEnvironment: boolean }[]}
 */
export function readSettings(overlay, environment = process.env) {
  return readFileSync(fromRoot(overlay, 'settings.env'), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = line, value] = /^([^=]*)=(.*)$/.exec(line) ?? [];
      return { name, value: value ?? environment[name] ?? '', isFromEnvironment: value === undefined };
    });
}

/**
 * Refuses an overlay whose settings are not all filled in.
 *
 * @param {string} overlay path from the root of the repository
 */
export function refuseUnset(overlay) {
  const lines = readSettings(overlay)
    .filter(({ value }) => value === '' || PLACEHOLDER.test(value))
    .map(({ name, isFromEnvironment }) =>
      isFromEnvironment ? `  ${name}: set it in the environment` : `  ${name}: set it in the file`,
    );
  if (lines.length === 0) return;
  throw new Failure([`${overlay}/settings.env is not complete; nothing was applied:`, ...lines].join('\n'));
}
