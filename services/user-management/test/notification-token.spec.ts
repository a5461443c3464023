import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import { decodeJwt } from 'jose';
import { localAuth } from './support/local-auth.js';
import { accept, refuse } from './support/notification-server.js';
import { outboxRows } from './support/outbox.js';
import { startService, type TestService } from './support/service.js';
import { UsersApi } from './support/users-api.js';

let service: TestService;
afterEach(() => service.stop());

/** Makes users until notification has been shown so many tokens. @returns what it was shown, in order */
async function shown(count: number): Promise<(string | undefined)[]> {
  const { mails } = service.notification;
  while (mails.length < count) {
    const before = mails.length;
    await new UsersApi(service.url).signUp(newUser()).expect(201);
    await waitFor('a mail', () => Promise.resolve(mails.length > before));
  }
  return mails.map(({ headers }) => headers.authorization);
}

describe('what user-management shows to notification', () => {
  it('is nothing on a laptop', async () => {
    service = await startService();
    expect(await shown(1)).toEqual([undefined]);
  });

  it('is a token of its own with AUTH_MODE=local, for notification only, and the same while it lasts', async () => {
    const auth = localAuth('ed25519');
    service = await startService(auth.environment);
    const [first, second] = await shown(2);
    expect(second).toBe(first);
    const claims = decodeJwt(first!.replace('Bearer ', ''));
    expect(claims).toMatchObject({ iss: 'usermgmt', sub: 'user-management', aud: 'notification' });
    expect(claims.exp! - claims.iat!).toBe(300);
    const used = await fetch(`${service.url}/usermgmt/users`, { headers: { authorization: first! } });
    expect(used.status).toBe(401);
    auth.drop();
  });

  it('is the content of a file, read again once notification refuses it, and no mail is given up meanwhile', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usermgmt-token-'));
    const file = join(folder, 'token');
    writeFileSync(file, 'first\n');
    service = await startService({ NOTIFICATION_TOKEN_FILE: file, AUTH_MODE: 'none' });
    expect(await shown(1)).toEqual(['Bearer first']);
    service.notification.answer = (response, mail) => {
      const isNew = mail.headers.authorization === 'Bearer second';
      (isNew ? accept : refuse(401, 'TOKEN_INVALID'))(response, mail);
    };
    await new UsersApi(service.url).signUp(newUser()).expect(201);
    await waitFor('the refusal', () => Promise.resolve(service.notification.mails.length > 1));
    writeFileSync(file, 'second\n');
    await waitFor('the delivery', async () =>
      (await outboxRows(service.dataSource)).every(({ state }) => state === 'sent'),
    );
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['there is no file', 'nothing-there', 'ENOENT'],
    ['notification says 403', undefined, '403 FORBIDDEN'],
  ])('may be wrong for a while: %s', async (_what, file, reason) => {
    service = await startService(file === undefined ? {} : { NOTIFICATION_TOKEN_FILE: file });
    if (file === undefined) service.notification.answer = refuse(403, 'FORBIDDEN');
    await new UsersApi(service.url).signUp(newUser()).expect(201);
    const row = await waitFor('an attempt', async () => {
      const [found] = await outboxRows(service.dataSource);
      return typeof found?.reason === 'string' && found;
    });
    expect(row).toMatchObject({ state: 'pending', reason });
  });
});
