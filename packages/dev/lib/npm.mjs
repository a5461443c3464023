import { basename } from 'node:path';
import { runToEnd } from './run-to-end.mjs';

/**
 * Runs npm: the one that runs this script, on the Node that it runs on, because the `node` that comes first
 * in PATH may be the one in node_modules, which `npm ci` deletes.
 *
 * @param {string[]} args
 * @param {{ signal?: AbortSignal | undefined, timeout?: number }} [options]
 */
export function npm(args, options) {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  const isNpm = script !== undefined && node !== undefined && basename(script).startsWith('npm-cli');
  return isNpm ? runToEnd(node, [script, ...args], options) : runToEnd('npm', args, options);
}
