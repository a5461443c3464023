import { fileURLToPath } from 'node:url';
import { findChromium, startChromium } from './chromium.ts';
import { startHttpServer } from './http-server.ts';
import { startReceiver } from './receiver.ts';
import { sendDocuments } from './send-documents.ts';
import { everydayTraffic } from './synthetic.ts';
import type { TraceSummary } from './trace-summary.ts';

const PICTURE = fileURLToPath(new URL('../../../docs/images/local-xray.png', import.meta.url));

/** Makes the README's picture: `node src/screenshot.ts [URL of a running page]`, made-up traces without one. */
const [url] = process.argv.slice(2);
if (url === undefined) await withTraffic(photograph);
else await photograph(url.replace(/\/$/, ''));
process.stdout.write(`${PICTURE}\n`);

async function withTraffic(action: (url: string) => Promise<void>): Promise<void> {
  const receiver = await startReceiver();
  const http = await startHttpServer(receiver);
  try {
    await sendDocuments(receiver.port, everydayTraffic(Date.now() / 1e3));
    await action(http.url);
  } finally {
    await http.stop();
    await receiver.stop();
  }
}

async function photograph(page: string): Promise<void> {
  const path = findChromium();
  if (path === undefined) throw new Error('there is no Chromium: set CHROMIUM_PATH');
  const browser = await startChromium(path, { width: 1280, height: 800, colorScheme: 'light' });
  try {
    const tab = await browser.context.newPage();
    await tab.goto(`${page}/#trace=${await mostInteresting(page)}`);
    await tab.locator('#waterfall [role=row]').first().click();
    await tab.locator('#fields').getByText('trace_id').waitFor();
    await tab.screenshot({ path: PICTURE });
  } finally {
    await browser.close();
  }
}

/** Of the traces through the most services the newest that went well. */
async function mostInteresting(page: string): Promise<string> {
  const { traces } = (await (await fetch(`${page}/api/traces?limit=1000`)).json()) as {
    traces: TraceSummary[];
  };
  const breadth = ({ services, calls, fault }: TraceSummary): number =>
    services.length * 100 + calls.length * 2 - Number(fault);
  const [best] = traces.sort((one, other) => breadth(other) - breadth(one));
  if (!best) throw new Error(`${page} has no trace`);
  return best.id;
}
