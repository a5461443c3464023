import { spawn } from 'node:child_process';
import { ROOT } from './paths.mjs';

/** npm takes its time to tidy up after a signal; what it leaves behind does not count as installed. */
const GRACE_MS = 2_000;

/**
 * Runs a program at the repository's root to its end and keeps what it prints.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, signal?: AbortSignal | undefined, timeout?: number, show?: boolean }} [options]
 *   `show`: print instead of keeping, all of it on standard output so that its order is that of the program
 * @returns {Promise<{ code: number, output: string }>} 127 if the program cannot be started
 */
export function runToEnd(program, args, { env = process.env, signal, timeout, show = false } = {}) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(program, args, {
      cwd: ROOT,
      env,
      ...(timeout !== undefined && { timeout }),
      stdio: show ? ['inherit', 1, 1] : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (output += text));
    const stop = () => {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
    };
    signal?.addEventListener('abort', stop);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ code: code ?? 1, output });
    });
  });
}
