import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailsPerAddress } from './mailbox.ts';
import type { Part, System } from './system.ts';
import { newUser, send } from './users.ts';
import { waitFor } from './wait.ts';

const WRITERS = 4;
/** Sign-ups that are tried between two events. */
const SIGN_UPS = 20;

interface Creation {
  /** The addresses of those whose creation was acknowledged. */
  acknowledged: string[];
  /** How many sign-ups were answered, or failed. */
  readonly tried: number;
  stop(): Promise<void>;
}

/** Creates users without a pause until it is stopped. */
function createUsers(users: string): Creation {
  const acknowledged: string[] = [];
  let tried = 0;
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
      tried += 1;
    }
  };
  const writers = Promise.all(Array.from({ length: WRITERS }, write));
  return {
    acknowledged,
    get tried() {
      return tried;
    },
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
    const acknowledged = new Map<Part, string[]>();

    beforeAll(async () => {
      system = await start();
    }, startTimeoutMs);
    afterAll(async () => {
      await system.stop();
    }, 60_000);

    it.each(parts)(
      'loses no user when %s is killed',
      async (part) => {
        const creation = createUsers(system.users);
        const grows = async (count: () => number): Promise<void> => {
          const target = count() + SIGN_UPS;
          await waitFor('more sign-ups', () => Promise.resolve(count() >= target), 60_000);
        };
        const users = (): number => creation.acknowledged.length;
        await grows(users);
        await system.kill(part);
        await grows(() => creation.tried);
        await system.start(part);
        await grows(users);
        await system.kill(part);
        await system.start(part);
        await grows(users);
        await creation.stop();

        for (const email of creation.acknowledged) {
          const found = (await (await fetch(`${system.users}/users?email=${email}`)).json()) as unknown[];
          expect(found).toHaveLength(1);
        }
        acknowledged.set(part, creation.acknowledged);
      },
      120_000,
    );

    // For all parts at once: what a killed process had claimed waits until its lease is over.
    it('sends everybody a mail', async () => {
      expect([...acknowledged.keys()]).toEqual(parts);
      const everybody = [...acknowledged.values()].flat();
      const mails = await waitFor(
        'a mail for everybody',
        async () => {
          const counts = await mailsPerAddress(system.mailbox);
          return everybody.every((email) => counts.has(email)) && counts;
        },
        90_000,
        500,
      );
      for (const [part, emails] of acknowledged) {
        const duplicates = emails.reduce((sum, email) => sum + (mails.get(email) ?? 0) - 1, 0);
        process.stdout.write(
          `kill -9 of ${part} on ${name}: ${emails.length} users acknowledged, all there, all with a mail; ${duplicates} duplicate mails\n`,
        );
      }
    }, 120_000);
  });
}
