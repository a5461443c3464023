import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { boundsOf } from '@usermgmt/service-kit/config';
import { newUser } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import type { z } from 'zod';
import { serviceSchema } from '../src/config.js';
import { type LocalAuth, localAuth } from './support/local-auth.js';
import { startService } from './support/service.js';
import { UsersApi } from './support/users-api.js';

let auth: LocalAuth;
beforeAll(() => {
  auth = localAuth();
});
afterAll(() => {
  auth.drop();
});

/** Each whole number of the configuration at one of its bounds; ports are the tests' own. */
function allAt(bound: 'minimum' | 'maximum'): Record<string, string> {
  return Object.fromEntries(
    Object.entries(serviceSchema.shape).flatMap(([name, field]) => {
      const bounds = boundsOf(field as z.ZodType);
      return bounds === undefined || name.endsWith('PORT') ? [] : [[name, String(bounds[bound])]];
    }),
  );
}

it.each(['minimum', 'maximum'] as const)(
  'the service works with every whole number at its %s: signs up, shows, sends the mail',
  async (bound) => {
    const numbers = allAt(bound);
    expect(Object.keys(numbers)).toEqual(expect.arrayContaining(['DB_POOL_SIZE', 'OUTBOX_POLL_MS']));
    const service = await startService({ ...auth.environment, ...numbers });
    try {
      const user = newUser();
      await new UsersApi(service.url).signUp(user).expect(201);
      // With the least retention the row of a mail that was sent goes at once.
      await waitFor('the mail', () =>
        Promise.resolve(service.notification.mails.some(({ body }) => body.toEmails.includes(user.email))),
      );
    } finally {
      await service.stop();
    }
  },
);
