import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Failure } from '../failure.mjs';
import { fromRoot } from '../paths.mjs';
import { bold, say } from '../terminal.mjs';

const FOLDER = 'k8s/overlays';

/** The names of the overlays. */
export const overlayNames = () =>
  readdirSync(fromRoot(FOLDER))
    .filter((name) => existsSync(fromRoot(FOLDER, name, 'kustomization.yaml')))
    .sort();

/** Prints each overlay with the first line of its kustomization, which says what it is. */
export function listOverlays() {
  const names = overlayNames();
  const width = Math.max(...names.map((name) => name.length));
  for (const name of names) {
    const text = readFileSync(fromRoot(FOLDER, name, 'kustomization.yaml'), 'utf8');
    say(`${bold(name.padEnd(width))}  ${/^# (.*)/.exec(text)?.[1] ?? ''}`);
  }
  return 0;
}

/**
 * @param {string} name
 * @returns {string} its path from the root of the repository
 */
export function findOverlay(name) {
  if (overlayNames().includes(name)) return `${FOLDER}/${name}`;
  throw new Failure(`there is no overlay ${name}; there are: ${overlayNames().join(', ')}`);
}
