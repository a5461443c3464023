import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const JEST = createRequire(import.meta.url).resolve('jest/bin/jest');
const testEnvironment = fileURLToPath(new URL('../reporting-environment.js', import.meta.url));

describe('the environment of tests in a cluster or with docker compose', () => {
  let folder: string;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
    server = createServer(({ url: path }, response) => {
      response.writeHead(path === '/well' ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ path }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  /** What Jest writes about a test file with these tests. */
  const run = (tests: string): Promise<string> => {
    writeFileSync(join(folder, 'some.test.js'), tests);
    const config = JSON.stringify({ rootDir: folder, testEnvironment, transform: {} });
    return new Promise((resolve) => {
      execFile(process.execPath, [JEST, '--config', config], (_error, stdout, stderr) => {
        resolve(stdout + stderr);
      });
    });
  };

  it('prints the answers and the registered parts when a test fails, before its hooks clean up', async () => {
    const printed = await run(`
      describedOnFailure.set('the database', async () => 'its last line');
      describedOnFailure.set('a part that is gone', async () => { throw new Error('no such part') });
      afterEach(() => describedOnFailure.clear());
      test('fails', async () => {
        expect(await (await fetch('${url}/well')).json()).toEqual({ path: '/well' });
        await fetch('http://127.0.0.1:1/').catch(() => undefined);
        expect((await fetch('${url}/wrong', { method: 'POST' })).status).toBe(200);
      });`);
    expect(printed).toContain('=== What there was when this failed: fails');
    expect(printed).toContain(`--- GET ${url}/well: 200\n{"path":"/well"}`);
    expect(printed).toContain('--- GET http://127.0.0.1:1/: TypeError: fetch failed');
    expect(printed).toContain(`--- POST ${url}/wrong: 503\n{"path":"/wrong"}`);
    expect(printed).toContain('--- the database\nits last line');
    expect(printed).toContain('--- a part that is gone\nnot described: Error: no such part');
  });

  it('prints them when a hook fails, and nothing when all is well', async () => {
    const part = "describedOnFailure.set('the database', async () => 'its last line');";
    const hook = await run(
      `beforeAll(() => { ${part} throw new Error('not up'); }); test('any', () => undefined);`,
    );
    expect(hook).toContain('=== What there was when this failed: beforeAll of ');
    expect(hook).toContain('--- the database\nits last line');
    expect(await run(`test('any', () => { ${part} });`)).not.toContain('===');
  });
});
