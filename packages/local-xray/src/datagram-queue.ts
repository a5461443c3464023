/** How long one turn reads before others, above all the socket, have their turn. */
const SLICE_MS = 4;
/** libuv takes up to 32 datagrams in a turn: after so many there are probably more. */
const FULL_TURN = 16;

/**
 * Keeps datagrams until there is time to read them: emptying the socket comes first, because what the kernel cannot
 * keep is lost without a word, and reading takes ten times as long as taking over.
 */
export class DatagramQueue {
  /** How many were thrown away because too many bytes were waiting. */
  dropped = 0;
  private readonly read: (data: Buffer) => void;
  private readonly limitBytes: number;
  private waiting: Buffer[] = [];
  private bytes = 0;
  private newInTurn = 0;
  private isScheduled = false;

  constructor(read: (data: Buffer) => void, limitBytes = 256 * 1024 * 1024) {
    this.read = read;
    this.limitBytes = limitBytes;
  }

  push(data: Buffer): void {
    if (this.bytes + data.length > this.limitBytes) {
      this.dropped++;
      return;
    }
    this.waiting.push(data);
    this.bytes += data.length;
    this.newInTurn++;
    this.schedule();
  }

  /** Reads all that waits, now. */
  drain(sliceMs = Infinity): void {
    const begun = performance.now();
    let index = 0;
    for (; index < this.waiting.length && performance.now() - begun < sliceMs; index++) {
      const data = this.waiting[index];
      if (!data) break;
      this.bytes -= data.length;
      this.read(data);
    }
    this.waiting = this.waiting.slice(index);
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      const isBurst = this.newInTurn >= FULL_TURN && this.bytes < this.limitBytes / 2;
      this.newInTurn = 0;
      if (!isBurst) this.drain(SLICE_MS);
      if (this.waiting.length > 0) this.schedule();
    });
  }
}
