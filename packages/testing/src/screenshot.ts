import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { findChromium, startChromium } from '@usermgmt/local-xray/chromium';
import { startHttpServer } from '@usermgmt/local-xray/http-server';
import { startTraced, type TracedSystem } from './traced-system.ts';
import { newUser } from './users.ts';
import { waitFor } from './wait.ts';

const PICTURE = fileURLToPath(new URL('../../../docs/images/local-xray.png', import.meta.url));

/** `npm run screenshot`: starts both services, uses them a little, and takes the README's picture of their traces. */
const system = await startTraced();
const page = await startHttpServer(system.receiver);
try {
  const trace = await everydayTraffic(system);
  await photograph(`${page.url}/#trace=${trace}`);
  process.stdout.write(`${PICTURE}\n`);
} finally {
  await page.stop();
  await system.stop();
}

/** @returns the trace of a creation, from the request to SES */
async function everydayTraffic({ users, receiver }: TracedSystem): Promise<string> {
  const paths = ['users', 'users?limit=2', 'user/nobody', 'notification-xray', 'hello', 'users'];
  let trace = '';
  for (let round = 0; round < 3; round += 1) {
    for (const path of paths) await (await fetch(`${users.url}/${path}`)).arrayBuffer();
    trace = `1-${Math.floor(Date.now() / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`;
    await fetch(`${users.url}/user`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-amzn-trace-id': `Root=${trace};Sampled=1` },
      body: JSON.stringify(newUser()),
    });
  }
  const has = (name: string) => () =>
    Promise.resolve(receiver.documents().some((it) => it.trace_id === trace && it.name === name));
  await waitFor('the delivery', has('outbox delivery'));
  await waitFor("notification's segment", has('notification-microservice'));
  return trace;
}

async function photograph(url: string): Promise<void> {
  const path = findChromium();
  if (path === undefined) throw new Error('there is no Chromium: install it, or set CHROMIUM_PATH');
  const browser = await startChromium(path, { width: 1280, height: 800, colorScheme: 'light' });
  try {
    const tab = await browser.context.newPage();
    await tab.goto(url);
    await tab.locator('#waterfall [role=row]').first().click();
    await tab.locator('#fields').getByText('trace_id').waitFor();
    await tab.screenshot({ path: PICTURE });
  } finally {
    await browser.close();
  }
}
