import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { logFileOf } from './paths.mjs';
import { prefixed } from './prefixed.mjs';

const EVERY_MS = 200;

/**
 * Shows what a process writes into its log file from now on, readable, under its name.
 *
 * @param {string} name the process's name
 * @returns {() => void} stops it
 */
export function followLog(name) {
  const file = openSync(logFileOf(name), 'r');
  const write = prefixed(name);
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(64 * 1024);
  let position = statSync(logFileOf(name)).size;
  let rest = '';
  const timer = setInterval(() => {
    for (let read = -1; read !== 0; position += read) {
      read = readSync(file, buffer, 0, buffer.length, position);
      rest += decoder.write(buffer.subarray(0, read));
    }
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) write(line);
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    closeSync(file);
  };
}
