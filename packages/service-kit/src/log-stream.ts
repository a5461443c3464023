import type { DestinationStream } from 'pino';

/**
 * Hands the log lines of one turn of the event loop on together: a system call
 * for each would cost a small request more than all the rest of its log line.
 * They are not kept beyond that turn, nor beyond the end of the process.
 */
export class LogStream implements DestinationStream {
  private lines = '';

  /** @param out must write what it is given before it returns */
  constructor(private readonly out: DestinationStream) {
    process.on('exit', this.flushSync);
  }

  write(line: string): void {
    if (this.lines === '') setImmediate(this.flushSync);
    this.lines += line;
  }

  /** Pino calls it after a fatal line. */
  readonly flushSync = (): void => {
    const { lines } = this;
    this.lines = '';
    if (lines !== '') this.out.write(lines);
  };
}
