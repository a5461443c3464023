import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import type { Answer } from './api.ts';

const FOLDER = new URL('../page/', import.meta.url);

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * The layout library's path is what `../../../node_modules/…` of page/*.js is to a browser, which takes no more
 * steps up than there are. So the same import works for browsers, editors and dependency-cruiser.
 */
const LIBRARY = '/node_modules/@dagrejs/dagre/dist/dagre.esm.js';

/** Reads the page's files once: what is served is a list, so that no path can lead elsewhere. */
export async function readPage(): Promise<ReadonlyMap<string, Answer>> {
  const files = new Map<string, Answer>();
  for (const name of await readdir(FOLDER)) {
    const type = TYPES[extname(name)];
    if (type) files.set(`/${name}`, { status: 200, type, body: await readFile(new URL(name, FOLDER)) });
  }
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  const library = createRequire(import.meta.url).resolve('@dagrejs/dagre/package.json');
  const body = await readFile(join(library, '../dist/dagre.esm.js'));
  return files.set(LIBRARY, { status: 200, type: 'text/javascript; charset=utf-8', body });
}
