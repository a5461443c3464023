import { ensureInstalled } from '../lib/install.mjs';
import { Failure } from '../lib/failure.mjs';
import { say } from '../lib/terminal.mjs';

const USAGE = `npm run k8s -- list               the overlays
npm run k8s -- build <overlay>    prints what would be applied
npm run k8s -- diff <overlay>     how the cluster differs from it
npm run k8s -- apply <overlay>    applies it, waits for the rollout and tries it out
npm run k8s -- delete <overlay>   deletes it, load balancers first`;

/** A verb's module in lib/k8s; loaded late, because it needs the packages. */
const VERBS = {
  build: async () => (await import('../lib/k8s/build.mjs')).printOverlay,
  diff: async () => (await import('../lib/k8s/diff.mjs')).diffOverlay,
  apply: async () => (await import('../lib/k8s/apply.mjs')).applyOverlay,
  delete: async () => (await import('../lib/k8s/delete.mjs')).deleteOverlay,
};

/**
 * `npm run k8s`: deploys one of k8s/overlays to the cluster of the current kubectl context.
 *
 * @param {string[]} args a verb and an overlay
 * @returns {Promise<number>}
 */
export default async function k8s([verb = '', overlay = '', ...rest]) {
  const { findOverlay, listOverlays } = await import('../lib/k8s/overlays.mjs');
  if (verb === 'list' && !overlay) return listOverlays();
  if (!isVerb(verb) || !overlay || rest.length > 0) throw new Failure(USAGE);
  const path = findOverlay(overlay);
  await ensureInstalled();
  const work = await VERBS[verb]();
  const code = await work(path);
  if (verb === 'apply' && code === 0) say(`\nto delete it: npm run k8s -- delete ${overlay}`);
  return code;
}

/** @param {string} word @returns {word is keyof typeof VERBS} */
const isVerb = (word) => Object.hasOwn(VERBS, word);
