import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../../../../docs/performance.md', import.meta.url);
const BEGIN = '<!-- written by npm run bench -->';
const END = '<!-- until here -->';

/** Replaces what stands between the two markers of docs/performance.md. @throws Error when they are not there */
export function writeDocument(text: string): void {
  const before = readFileSync(FILE, 'utf8');
  const [head, rest] = splitAt(before, BEGIN);
  const [, tail] = splitAt(rest, END);
  writeFileSync(FILE, `${head}${BEGIN}\n\n${text}\n\n${END}${tail}`);
}

function splitAt(text: string, marker: string): [string, string] {
  const at = text.indexOf(marker);
  if (at === -1) throw new Error(`docs/performance.md holds no ${marker}`);
  return [text.slice(0, at), text.slice(at + marker.length)];
}
