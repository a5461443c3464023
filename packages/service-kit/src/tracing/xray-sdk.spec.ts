import { createRequire } from 'node:module';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadXraySdk } from './xray-sdk.js';

/** Where cls-hooked keeps what it follows. */
const followed = process as unknown as { namespaces?: Record<string, unknown> };

describe('loadXraySdk', () => {
  const before = process.env.AWS_XRAY_MANUAL_MODE;
  afterAll(() => {
    if (before === undefined) delete process.env.AWS_XRAY_MANUAL_MODE;
    else process.env.AWS_XRAY_MANUAL_MODE = before;
  });

  it('does not make cls-hooked follow every promise, which costs a quarter of the throughput', () => {
    delete process.env.AWS_XRAY_MANUAL_MODE;
    const rules = { version: 2, rules: [], default: { fixed_target: 1, rate: 0.05 } } as const;
    loadXraySdk({ host: '127.0.0.1', port: 9 }, { ...rules, rules: [] }, false, () => undefined);
    createRequire(import.meta.url)('cls-hooked');
    expect(followed.namespaces).toEqual({});
  });
});
