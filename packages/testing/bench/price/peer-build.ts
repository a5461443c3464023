import { mkdirSync, writeFileSync } from 'node:fs';
import { transformFile } from '@swc/core';

const SOURCE = new URL('peer.ts', import.meta.url).pathname;
const FOLDER = new URL('../../dist/', import.meta.url).pathname;

/** Compiles the peer, whose decorators Node can't strip, into dist/peer.js of this package. */
export async function buildPeer(): Promise<void> {
  const { code } = await transformFile(SOURCE, {
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2022',
    },
    module: { type: 'es6' },
  });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}peer.js`, code);
}
