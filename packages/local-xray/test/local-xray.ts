import { setTimeout as sleep } from 'node:timers/promises';
import { startHttpServer } from '../src/http-server.ts';
import { startReceiver, type Receiver } from '../src/receiver.ts';

/** The whole program on free ports, in the test's process. */
export interface LocalXray {
  receiver: Receiver;
  url: string;
  /** Stops the page and its API, and starts them again on the same port. */
  interruptHttp(meanwhile: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export async function startLocalXray(): Promise<LocalXray> {
  const receiver = await startReceiver();
  let http = await startHttpServer(receiver);
  return {
    receiver,
    url: http.url,
    interruptHttp: async (meanwhile) => {
      const { port } = http;
      await http.stop();
      await meanwhile();
      http = await startHttpServer(receiver, { port });
    },
    stop: async () => {
      await http.stop();
      await receiver.stop();
    },
  };
}

/** Asks again until it is so; UDP says nothing when something has arrived. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`${what}: not within 20 s`);
    await sleep(10);
  }
}
