/// <reference lib="dom" />
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Browser, findChromium, NETWORK_CHANGED, openPage, startChromium } from '../src/chromium.ts';
import { sendDocuments } from '../src/send-documents.ts';
import { userCreation, userList } from '../src/synthetic.ts';
import { newTraceId } from '../src/synthetic-parts.ts';
import { segment } from './documents.ts';
import { type LocalXray, startLocalXray } from './local-xray.ts';

const chromium = findChromium();
/** Pictures of what the tests see are kept where this says. */
const { PICTURES } = process.env;

const describeWithChromium = chromium === undefined ? describe.skip : describe;
if (chromium === undefined) {
  process.stderr.write(
    'SKIPPED: the page of local-xray: there is no Chromium (apt-get install chromium, or CHROMIUM_PATH)\n',
  );
}

describeWithChromium('the page', () => {
  let xray: LocalXray;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  const now = Date.now() / 1e3;

  const open = async (width: number, height: number, colorScheme: 'light' | 'dark'): Promise<void> => {
    browser = await startChromium(chromium!, { width, height, colorScheme });
    page = await browser.context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('console', (message) => {
      const isOfThePage = !message.text().includes(NETWORK_CHANGED);
      if (isOfThePage && ['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${xray.url}/`)) complaints.push(`asked for ${request.url()}`);
    });
    await openPage(page, xray.url);
  };
  const send = (...traces: object[][]): Promise<void> => sendDocuments(xray.receiver.port, traces.flat());
  const picture = async (name: string): Promise<void> => {
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: join(PICTURES, `${name}.png`) });
  };
  const listed = (): Promise<string[]> => page.locator('#trace-list .what').allInnerTexts();
  const waitForList = async (count: number): Promise<void> => {
    await page.waitForFunction(
      (wanted) => document.querySelectorAll('#trace-list li').length === wanted,
      count,
    );
  };
  const focused = (): Promise<string> =>
    page.evaluate(() =>
      document.activeElement === document.body ? '' : (document.activeElement?.textContent ?? ''),
    );

  beforeEach(async () => {
    complaints = [];
    xray = await startLocalXray();
  });
  afterEach(async () => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await browser.close();
    await xray.stop();
    expect(complaints).toEqual([]);
    expect(wide).toBe(0);
  });

  it('says how to make a first trace, and shows it when it comes', async () => {
    await open(1280, 800, 'light');
    expect(await page.locator('#empty').innerText()).toContain('curl -i http://localhost:8095/usermgmt/user');
    expect(await page.locator('#segment-address').innerText()).toBe(`127.0.0.1:${xray.receiver.port}`);
    expect(await page.locator('#map-panel').isVisible()).toBe(false);
    await picture('empty');
    await send(userCreation({ at: now }));
    await waitForList(1);
    expect(await page.locator('#empty').isVisible()).toBe(false);
  });

  it.each<[number, number, 'light' | 'dark']>([
    [1280, 800, 'light'],
    [1280, 800, 'dark'],
    [320, 640, 'light'],
    [320, 640, 'dark'],
  ])(
    'shows a creation of a user at %d × %d, %s, to the keyboard alone',
    async (width, height, colorScheme) => {
      await send(userCreation({ at: now - 60 }), userList({ at: now - 30 }));
      await open(width, height, colorScheme);
      await waitForList(2);
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
        colorScheme === 'dark' ? 'rgb(14, 19, 26)' : 'rgb(243, 245, 248)',
      );

      const nodes = await page
        .locator('#map .node')
        .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
      expect(nodes.map((label) => label?.split(',')[0]).sort()).toEqual([
        'SES',
        'client',
        'notification-microservice',
        'usermanagement-microservice',
        'usermgmt@mysql',
      ]);
      expect(await page.locator('#map .edge').allTextContents()).toContain(
        '1 call · 0 % failedp50 15.2 · p95 15.2 ms',
      );

      for (let presses = 0; presses < 40 && !(await focused()).includes('/usermgmt/users'); presses++) {
        await page.keyboard.press('Tab');
      }
      expect(await focused()).toContain('/usermgmt/users');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('#waterfall [role=row]').first().waitFor();
      const rows = await page.locator('#waterfall [role=row] .name').allInnerTexts();
      expect(rows).toEqual([
        'usermanagement-microservice',
        'usermgmt@mysql',
        'hash password',
        'usermgmt@mysql',
        'usermgmt@mysql',
        'notification-microservice',
        'notification-microservice',
        'SES',
      ]);
      expect(await page.locator('#waterfall [role=row]').last().getAttribute('aria-level')).toBe('4');

      await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'row');
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.locator('#fields').getByText('SendEmail').waitFor();
      expect(await page.locator('#waterfall [aria-selected=true] .name').innerText()).toBe('SES');
      const outline = await page.evaluate(
        () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
      );
      expect(outline).toBe('solid');
      await picture(`trace-${width}-${colorScheme}`);

      await page.keyboard.press('ArrowLeft');
      expect(await focused()).toContain('notification-microservice');
      await page.keyboard.press('ArrowLeft');
      expect(await page.locator('#waterfall [role=row]').count()).toBe(7);
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('#waterfall [role=row]').count()).toBe(8);
      await page.keyboard.press('Escape');
      expect(await focused()).toContain('/usermgmt/user');
    },
  );

  it('shows what comes without a reload, and keeps choice, focus and scroll position', async () => {
    const traces = Array.from({ length: 40 }, (_, index) => userCreation({ at: now - 100 + index }));
    await send(...traces);
    await open(1280, 800, 'light');
    await waitForList(40);
    await page.locator('#trace-list a').nth(20).click();
    await page.locator('#waterfall [role=row]').last().click();
    const address = page.url();
    await page.locator('#trace-list a').nth(25).focus();
    const scrolled = (): Promise<number> =>
      page.evaluate(() => document.activeElement?.getBoundingClientRect().top ?? 0);
    const before = await scrolled();

    await send(userCreation({ at: now, isThrottled: true }));
    // A trace arrives in several documents: its row is drawn with the first one, and says more with each.
    await page.locator('#trace-list li:first-child .who', { hasText: 'throttle' }).waitFor();
    await page.locator('#counts', { hasText: /^41 traces kept$/ }).waitFor();
    await waitForList(41);
    expect(page.url()).toBe(address);
    expect(await page.locator('#waterfall [aria-selected=true] .name').innerText()).toBe('SES');
    expect(await page.evaluate(() => document.activeElement?.parentElement?.parentElement?.id)).toBe(
      'trace-list',
    );
    expect(Math.abs((await scrolled()) - before)).toBeLessThan(2);
  });

  it('filters by each field, by a node of the map, and from a link', async () => {
    await send(
      userCreation({ at: now - 4 }),
      userList({ at: now - 3 }),
      userCreation({ at: now - 2, isDuplicate: true }),
      userCreation({ at: now - 1, isThrottled: true, slowness: 10 }),
    );
    await open(1280, 800, 'light');
    await waitForList(4);
    const reset = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Reset' }).click();
      await waitForList(4);
    };

    await page.getByLabel('Path').fill('users');
    await waitForList(1);
    expect(await listed()).toEqual(['GET /usermgmt/users']);
    expect(await page.locator('#matching').innerText()).toBe('1 of 4 traces.');
    await reset();
    await page.getByLabel('Status').fill('4xx');
    await waitForList(1);
    await reset();
    await page.getByLabel('Slower than').fill('100');
    await waitForList(1);
    await reset();
    await page.getByLabel('Only failed').check();
    await waitForList(2);
    await reset();

    await page.locator('#map .node', { hasText: 'SES' }).focus();
    await page.keyboard.press('Enter');
    await waitForList(2);
    expect(await page.locator('[name=service]').inputValue()).toBe('SES');
    expect(new URL(page.url()).hash).toBe('#service=SES');
    await page.reload();
    await waitForList(2);
    expect(await page.locator('[name=service]').inputValue()).toBe('SES');
    await page.locator('#map .node', { hasText: 'SES' }).click();
    await waitForList(4);
  });

  it('shows failures, orphans and refused documents, and nothing of them runs', async () => {
    const attack = '<img src=x onerror="document.title=1">';
    const trace_id = newTraceId(now);
    await send([
      segment({
        trace_id,
        parent_id: 'aaaaaaaaaaaaaaaa',
        name: 'a/b',
        start_time: now,
        end_time: now + 1,
        fault: true,
        http: { request: { method: attack, url: `http://h/${attack}` }, response: { status: 500 } },
        metadata: { [attack]: { [attack]: attack } },
        [attack]: attack,
      }),
      segment({ trace_id, name: attack }),
    ]);
    await open(1280, 800, 'light');
    await waitForList(1);
    await page.locator('#trace-list a').click();
    await page.locator('#waterfall [role=row]').click();
    await page.locator('#fields').getByText('metadata').waitFor();
    expect(await page.locator('#trace-head').innerText()).toMatch(
      /fault[\s\S]*1 orphan[\s\S]*1 warning[\s\S]*refused document: name/,
    );
    expect(await page.locator('#fields .warnings').innerText()).toContain('a field that X-Ray does not know');
    await page.getByRole('button', { name: '1 invalid document' }).click();
    expect(await page.locator('dialog pre').innerText()).toContain('<img src=x');
    await picture('invalid');
    await page.keyboard.press('Escape');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toBe('Local X-Ray');
  });

  it('forgets all when told to', async () => {
    await send(userCreation({ at: now }));
    await open(1280, 800, 'dark');
    await waitForList(1);
    await page.locator('#trace-list a').click();
    await page.locator('#waterfall [role=row]').first().waitFor();
    await page.getByRole('button', { name: 'Forget all' }).click();
    await page.locator('#empty').waitFor();
    expect(xray.receiver.store.size).toBe(0);
    await send(userList({ at: now }));
    await waitForList(1);
    expect(await page.locator('#no-trace').isVisible()).toBe(true);
    expect(await page.locator('#waterfall [role=row]').count()).toBe(0);
  });

  it('keeps a trace that is looked at although it has gone, and says so', async () => {
    await send(userCreation({ at: now }));
    await open(1280, 800, 'light');
    await waitForList(1);
    await page.locator('#trace-list a').click();
    await page.locator('#waterfall [role=row]').first().waitFor();
    xray.receiver.clear();
    await send(userList({ at: now }));
    await page.locator('#trace-head').getByText('not kept any more').waitFor();
    expect(await page.locator('#waterfall [role=row]').count()).toBe(8);
    // The browser itself notes the answer 404, once.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('404')]);
  });

  it('says that there is no connection, and finds it again', async () => {
    await open(1280, 800, 'light');
    await page.locator('#live', { hasText: 'live' }).waitFor();
    await xray.interruptHttp(() => page.locator('#live', { hasText: 'no connection' }).waitFor());
    await send(userCreation({ at: now }));
    await waitForList(1);
    expect(await page.locator('#live').innerText()).toBe('live');
    complaints = complaints.filter((text) => !text.includes('net::ERR_'));
  });
});
