import type { ServerResponse } from 'node:http';
import { counts } from './counts.ts';
import type { Receiver } from './receiver.ts';

/** Hints come at most this often, the last one after the last change. */
const EVERY_MS = 500;
/** A comment now and then lets both sides notice a dead connection. */
const ALIVE_MS = 15_000;

/** Tells open pages by Server-Sent Events that something has changed; what, they ask the API. */
export class ChangeStream {
  private readonly receiver: Receiver;
  private readonly pages = new Set<ServerResponse>();
  private readonly unsubscribe: () => void;
  private readonly alive: NodeJS.Timeout;
  private pause: NodeJS.Timeout | undefined;
  private isDue = false;

  constructor(receiver: Receiver) {
    this.receiver = receiver;
    this.unsubscribe = receiver.store.onChange(() => {
      this.hint();
    });
    this.alive = setInterval(() => {
      this.write(':\n\n');
    }, ALIVE_MS);
  }

  /** Makes the response a stream that starts with the present counts. */
  open(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
    response.write(`retry: 1000\n\n${this.event()}`);
    this.pages.add(response);
    response.once('close', () => this.pages.delete(response));
  }

  stop(): void {
    this.unsubscribe();
    clearInterval(this.alive);
    clearTimeout(this.pause);
    for (const page of this.pages) page.destroy();
  }

  private hint(): void {
    if (this.pause) {
      this.isDue = true;
      return;
    }
    this.isDue = false;
    this.write(this.event());
    this.pause = setTimeout(() => {
      this.pause = undefined;
      if (this.isDue) this.hint();
    }, EVERY_MS);
  }

  private event(): string {
    return `event: change\ndata: ${JSON.stringify(counts(this.receiver))}\n\n`;
  }

  private write(text: string): void {
    for (const page of this.pages) page.write(text);
  }
}
