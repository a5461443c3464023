import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser } from '@usermgmt/testing/users';
import { startIssuer, type TokenIssuer } from '@usermgmt/testing/token-issuer';
import { waitFor } from '@usermgmt/testing/wait';
import { ready, startApplication } from './support/application.js';
import { describeOnMysql, mysqlDatabase, sqliteDatabase } from './support/database.js';
import type { MakeDatabase } from './support/open-database.js';
import { startService, type TestService } from './support/service.js';
import { UsersApi } from './support/users-api.js';

const TEXT = 'https://evil.tld/x?y';
const DAY_MS = 24 * 3_600_000;

function describeMails(makeDatabase: MakeDatabase): void {
  let issuer: TokenIssuer;
  let service: TestService;
  let environment: Readonly<Record<string, string>>;
  let users: UsersApi;
  beforeAll(async () => {
    issuer = await startIssuer();
    const database = await makeDatabase();
    environment = {
      ...database.environment,
      AUTH_MODE: 'jwt',
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
      SIGN_UP_LIMIT_PER_HOUR: '0',
    };
    service = await startService(environment, () => Promise.resolve(database));
    users = new UsersApi(service.url);
  });
  afterAll(async () => {
    await service.stop();
    await issuer.stop();
  });

  const admin = async () => ({
    authorization: `Bearer ${await issuer.token('root', 'usermgmt', { claims: { authorities: ['ROLE_ADMIN'] } })}`,
  });
  /** The addresses that got a mail, once all mails that were promised have been sent. */
  const mailed = async (inbox: string) => {
    await waitFor('an empty outbox', async () => {
      const rows = await service.dataSource.query<unknown[]>("SELECT id FROM outbox WHERE state = 'pending'");
      return rows.length === 0;
    });
    return service.notification.mails.filter(({ body }) => body.toEmails.some((to) => to.startsWith(inbox)));
  };

  it('are three a day for one inbox, whatever the tag, and each user is made all the same', async () => {
    for (let index = 0; index < 20; index += 1) {
      const user = newUser({ email: `victim+${index}@example.com`, firstname: TEXT });
      const answer = await users.signUp(user).expect(201);
      expect(answer.body).toMatchObject({ email: user.email, firstname: TEXT });
    }
    const mails = await mailed('victim');
    expect(mails).toHaveLength(3);
    for (const { body } of mails) expect(`${body.subject}\n${body.content}`).not.toMatch(/evil|http/);
    expect(mails[0]?.body.content).toContain('Hello new user,');
  });

  it('are counted for all instances, and after a restart', async () => {
    const started = await startApplication({
      ...environment,
      ...service.notification.environment,
      OUTBOX_POLL_MS: '50',
    });
    await ready(started.url);
    await new UsersApi(started.url).signUp(newUser({ email: 'victim+other@example.com' })).expect(201);
    await users.signUp(newUser({ email: 'Victim@example.com' })).expect(201);
    await started.app.close();
    expect(await mailed('victim')).toHaveLength(3);
    expect(await mailed('Victim')).toHaveLength(0);
  });

  it('go on after a day', async () => {
    await service.dataSource.query(`UPDATE outbox SET created_at = created_at - ${DAY_MS}`);
    await users.signUp(newUser({ email: 'victim+late@example.com' })).expect(201);
    expect(await mailed('victim+late')).toHaveLength(1);
  });

  it('follow neither a change of the address nor POST /adminuser', async () => {
    const other = newUser({ email: 'aim.before@example.com' });
    await users
      .createByAdmin(other)
      .set(await admin())
      .expect(201);
    await users
      .patch(other.username, { email: 'aim.patched@example.com' })
      .set(await admin())
      .expect(200);
    await users
      .put({ ...other, email: 'aim.put@example.com' })
      .set(await admin())
      .expect(200);
    expect(await mailed('aim.')).toHaveLength(0);
  });

  it('of an administrator have no limit, and the names as they were given', async () => {
    for (let index = 0; index < 5; index += 1) {
      const user = newUser({ email: `staff+${index}@example.com`, firstname: 'J2 <b>' });
      await users
        .signUp(user)
        .set(await admin())
        .expect(201);
    }
    const mails = await mailed('staff');
    expect(mails).toHaveLength(5);
    expect(mails[0]?.body.content).toContain('Hello J2 <b>,');
  });

  it('show a stranger a plain name, and no user name that is a link', async () => {
    await users.signUp(newUser({ email: 'plain@example.com', firstname: "Zoë O'Brien-Łoś" })).expect(201);
    await users.signUp(newUser({ email: 'link@example.com', username: 'evil.tld/x?y' })).expect(201);
    const [plain] = await mailed('plain');
    const [link] = await mailed('link');
    expect(plain?.body.content).toContain("Hello Zoë O'Brien-Łoś,");
    expect(link?.body.content).toContain('account (name not shown) has');
    expect(link?.body.content).not.toContain('evil');
  });
}

describe('mails of sign-ups, on SQLite', () => {
  describeMails(sqliteDatabase);
});

describeOnMysql('mails of sign-ups, on MySQL', () => {
  describeMails(mysqlDatabase);
});
