import { readFile } from 'node:fs/promises';
import { fromRoot } from '../paths.mjs';

/**
 * What a check found.
 *
 * @typedef {object} Finding
 * @property {boolean} isGood
 * @property {string[]} lines the first one sums up
 */

/** SPDX names of licences under which the images may be given on with ours; all ask for their text at most. */
const ALLOWED = new Set(
  '0BSD Apache-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause ISC MIT MIT-0 Python-2.0'.split(' '),
);

/**
 * @typedef {object} LockedPackage
 * @property {string} [license]
 * @property {boolean} [dev]
 * @property {boolean} [devOptional]
 * @property {boolean} [link]
 */

/**
 * Looks at all that package-lock.json puts into production installs.
 *
 * @returns {Promise<Finding>}
 */
export async function checkLicences() {
  const { packages } = JSON.parse(await readFile(fromRoot('package-lock.json'), 'utf8'));
  const production = Object.entries(/** @type {Record<string, LockedPackage>} */ (packages)).filter(
    ([path, { dev, devOptional, link }]) => path.includes('node_modules/') && !dev && !devOptional && !link,
  );
  const wrong = production.filter(([, { license }]) => !isAllowed(license));
  return {
    isGood: wrong.length === 0 && production.length > 0,
    lines: [
      `${production.length} packages, ${wrong.length} with another licence than ${[...ALLOWED].join(', ')}`,
      ...wrong.map(([path, { license }]) => `${path}: ${license ?? 'none named'}`),
    ],
  };
}

/** @param {string | undefined} expression as SPDX writes it, without nested brackets: `(MIT OR GPL-2.0)` */
export function isAllowed(expression) {
  if (expression === undefined) return false;
  return expression
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((name) => ALLOWED.has(name)));
}
