// Writes a file of 128 MiB to the disk again and again. The file has no name, so that it is gone when this process is.

import { fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BLOCK = Buffer.alloc(1024 * 1024, 'x');
const BLOCKS = 128;
/** As many blocks are written before the disk must have them. */
const AT_ONCE = 8;

const folder = mkdtempSync(join(tmpdir(), 'usermgmt-steady-'));
const file = openSync(join(folder, 'written'), 'w');
rmSync(folder, { recursive: true });
let block = 0;

function turn() {
  writeSync(file, BLOCK, 0, BLOCK.length, block * BLOCK.length);
  block = (block + 1) % BLOCKS;
  if (block % AT_ONCE === 0) fsyncSync(file);
  setImmediate(turn);
}

turn();
