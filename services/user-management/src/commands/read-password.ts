import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

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
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, '');
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
