import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { withoutLineEnds } from '@usermgmt/service-kit/variable-text';
import { telling } from '../database/telling.js';

/** What readline would show of the keys. */
const nowhere = (): Writable =>
  new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });

/**
 * Reads a password from standard input: all of it from a pipe or file, without the line end; from a terminal one line,
 * of which nothing is shown. Ctrl-C ends the process as anywhere else.
 *
 * @throws Error when the terminal ends without a password
 */
export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) {
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    const read = (): Promise<string> => text(process.stdin);
    return withoutLineEnds(await telling(say, () => 'waiting for the password on standard input', read));
  }
  const lines = createInterface({ input: process.stdin, output: nowhere(), terminal: true, historySize: 0 });
  // Only now: what is typed before the terminal is silent would be shown.
  process.stderr.write('password (not shown), then Enter: ');
  try {
    return await new Promise((resolve, reject) => {
      lines.once('line', resolve);
      lines.once('close', () => {
        reject(new Error('no password was given'));
      });
      lines.once('SIGINT', () => {
        lines.close();
        process.kill(process.pid, 'SIGINT');
      });
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
