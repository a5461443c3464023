import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/** Whether this instance wants new requests; the one owner of that fact. */
@Injectable()
export class Lifecycle {
  private state: 'starting' | 'serving' | 'draining' = 'starting';

  get isDraining(): boolean {
    return this.state === 'draining';
  }

  get isServing(): boolean {
    return this.state === 'serving';
  }

  started(): void {
    if (this.state === 'starting') this.state = 'serving';
  }

  drain(): void {
    this.state = 'draining';
  }
}

/**
 * Stops accepting connections, lets requests in flight finish, and cuts what
 * is left after `deadlineMs`.
 */
export async function closeServer(server: Server, deadlineMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  // A kept-alive connection becomes idle only after its last answer, so one call is not enough.
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, 50);
  const cut = new AbortController();
  try {
    await Promise.race([
      closed,
      sleep(deadlineMs, undefined, { signal: cut.signal }).then(() => {
        server.closeAllConnections();
        return closed;
      }),
    ]);
  } finally {
    cut.abort();
    clearInterval(idle);
  }
}
