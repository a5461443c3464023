import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page, type Request } from 'playwright-core';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Quiet, and usable by root: in a container there often is no other user. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns the path of CHROMIUM_PATH or of the usual places where there is one */
export function findChromium(): string | undefined {
  return [process.env.CHROMIUM_PATH ?? '', ...USUAL_PLACES].find((path) => path !== '' && existsSync(path));
}

/** Chromium's error of all requests that are under way when an address of the machine appears or goes. */
export const NETWORK_CHANGED = 'net::ERR_NETWORK_CHANGED';
const OPENING_ATTEMPTS = 5;

/**
 * Opens a page with all that it loads. Loads it again when the network changed meanwhile, as it does when a container
 * starts or stops.
 *
 * @throws the error of `page.goto`
 */
export async function openPage(page: Page, url: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const cutOff: string[] = [];
    const note = (request: Request): void => {
      if (request.failure()?.errorText === NETWORK_CHANGED) cutOff.push(request.url());
    };
    page.on('requestfailed', note);
    try {
      await page.goto(url);
      if (cutOff.length === 0) return;
    } catch (error) {
      if (!String(error).includes(NETWORK_CHANGED) || attempt === OPENING_ATTEMPTS) throw error;
    } finally {
      page.off('requestfailed', note);
    }
    if (attempt === OPENING_ATTEMPTS) throw new Error(`${url}: the network changed ${attempt} times`);
  }
}

/** A browser with an empty profile of its own. */
export interface Browser {
  context: BrowserContext;
  close(): Promise<void>;
}

/** Starts Chromium without a window. @param path from `findChromium` */
export async function startChromium(
  path: string,
  options: { width: number; height: number; colorScheme: 'light' | 'dark' },
): Promise<Browser> {
  const { width, height, colorScheme } = options;
  const profile = mkdtempSync(join(tmpdir(), 'local-xray-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: path,
    headless: true,
    args: ARGUMENTS,
    viewport: { width, height },
    colorScheme,
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
