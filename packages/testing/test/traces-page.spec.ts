import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, findChromium, openPage, startChromium } from '@usermgmt/local-xray/chromium';
import { type HttpServer, startHttpServer } from '@usermgmt/local-xray/http-server';
import { startTraced, type TracedSystem } from '../src/traced-system.ts';
import { newUser, send } from '../src/users.ts';

const chromium = findChromium();
const describeWithChromium = chromium === undefined ? describe.skip : describe;
if (chromium === undefined) {
  process.stderr.write('SKIPPED: a user on the page of local-xray: there is no Chromium\n');
}

describeWithChromium('the page of the local X-Ray', () => {
  let system: TracedSystem;
  let server: HttpServer;
  let browser: Browser;
  beforeAll(async () => {
    system = await startTraced();
    server = await startHttpServer(system.receiver);
    browser = await startChromium(chromium!, { width: 1280, height: 800, colorScheme: 'light' });
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
    await system.stop();
  });

  it('shows a user that the running services create, from the request to SES, without a reload', async () => {
    const page = await browser.context.newPage();
    page.setDefaultTimeout(15_000);
    await openPage(page, server.url);
    await page.locator('#empty').waitFor();
    const created = await send('POST', `${system.users.url}/user`, newUser());
    expect(created.status).toBe(201);

    const map = page.locator('#map .node');
    await map.filter({ hasText: 'SES' }).waitFor();
    const names = await map.evaluateAll((nodes) => nodes.map((node) => node.getAttribute('aria-label')));
    expect(names.map((name) => name?.split(',')[0]).sort()).toEqual([
      'SES',
      'client',
      'notification-microservice',
      'test.sqlite',
      'usermanagement-microservice',
    ]);

    await page.locator('#trace-list li', { hasText: '/usermgmt/user' }).click();
    const row = page.locator('#waterfall [role=row]');
    await row.filter({ hasText: 'SES' }).click();
    await page.locator('#fields').getByText('SendEmail').waitFor();
    // The delivery ends, and is told, after notification's part of it.
    await row.filter({ hasText: 'outbox delivery' }).waitFor();
    const rows = await row.locator('.name').allInnerTexts();
    expect(rows[0]).toBe('usermanagement-microservice');
    for (const name of ['test.sqlite', 'outbox delivery', 'notification-microservice']) {
      expect(rows).toContain(name);
    }
  });
});
