import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailsPerAddress } from './mailbox.ts';
import type { Part, System } from './system.ts';
import { newUser, send } from './users.ts';
import { waitFor } from './wait.ts';

const WRITERS = 4;

/** Creates users without a pause until it is stopped. @returns the addresses of those whose creation was acknowledged */
function createUsers(users: string): { acknowledged: string[]; stop(): Promise<void> } {
  const acknowledged: string[] = [];
  let stopped = false;
  const write = async (): Promise<void> => {
    while (!stopped) {
      const user = newUser();
      try {
        const response = await send('POST', `${users}/user`, user, AbortSignal.timeout(5_000));
        if (response.status === 201) acknowledged.push(user.email);
      } catch {
        // Not acknowledged: the process is down, or was ended in the middle.
        await sleep(20);
      }
    }
  };
  const writers = Promise.all(Array.from({ length: WRITERS }, write));
  return {
    acknowledged,
    async stop() {
      stopped = true;
      await writers;
    },
  };
}

/** Parts are killed as by a power cut while users are created: what was acknowledged is there, and has its mail. */
export function describeCrashes(
  name: string,
  start: () => Promise<System>,
  parts: readonly Part[],
  startTimeoutMs: number,
): void {
  describe(`kill -9 while users are created, on ${name}`, () => {
    let system: System;

    beforeAll(async () => {
      system = await start();
    }, startTimeoutMs);
    afterAll(async () => {
      await system.stop();
    }, 60_000);

    it.each(parts)(
      'loses nothing when %s is killed',
      async (part) => {
        const creation = createUsers(system.users);
        const grows = async (by: number): Promise<void> => {
          const target = creation.acknowledged.length + by;
          await waitFor('more users', () => Promise.resolve(creation.acknowledged.length >= target), 60_000);
        };
        await grows(20);
        await system.kill(part);
        await sleep(1_500);
        await system.start(part);
        await grows(20);
        await system.kill(part);
        await system.start(part);
        await grows(20);
        await creation.stop();

        for (const email of creation.acknowledged) {
          const found = (await (await fetch(`${system.users}/users?email=${email}`)).json()) as unknown[];
          expect(found).toHaveLength(1);
        }
        const mails = await waitFor(
          'a mail for everybody',
          async () => {
            const counts = await mailsPerAddress(system.mailbox);
            return creation.acknowledged.every((email) => counts.has(email)) && counts;
          },
          90_000,
          500,
        );
        const duplicates = creation.acknowledged.reduce((sum, email) => sum + (mails.get(email) ?? 0) - 1, 0);
        process.stdout.write(
          `kill -9 of ${part} on ${name}: ${creation.acknowledged.length} users acknowledged, all there, all with a mail; ${duplicates} duplicate mails\n`,
        );
      },
      240_000,
    );
  });
}
