import { spawn } from 'node:child_process';
import { Failure } from '../failure.mjs';
import { ROOT } from '../paths.mjs';
import { dim, say } from '../terminal.mjs';

/**
 * Runs kubectl at the root of the repository, after printing the command.
 *
 * @param {string[]} words
 * @param {string} [input] for `-f -`
 * @returns {Promise<number>} its exit code; what it prints is shown
 */
export async function kubectl(words, input) {
  say(dim(`$ kubectl ${words.join(' ')}`));
  return (await start(words, { input, show: true })).code;
}

/**
 * Runs kubectl for its answer, and prints nothing.
 *
 * @param {string[]} words
 * @param {string} [input] for `-f -`
 * @returns {Promise<{ code: number, output: string, errors: string }>}
 */
export function ask(words, input) {
  return start(words, { input, show: false });
}

/** @param {string[]} words @param {{ input: string | undefined, show: boolean }} options */
function start(words, { input, show }) {
  return new Promise((resolve, reject) => {
    const out = show ? 'inherit' : 'pipe';
    const child = spawn('kubectl', words, { cwd: ROOT, stdio: ['pipe', out, out] });
    let output = '';
    let errors = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (errors += text));
    child.on('error', () =>
      reject(new Failure('kubectl is not installed: https://kubernetes.io/docs/tasks/tools')),
    );
    child.on('close', (code) => resolve({ code: code ?? 1, output, errors }));
    // kubectl may end before it has read everything.
    child.stdin?.on('error', () => undefined).end(input ?? '');
  });
}
