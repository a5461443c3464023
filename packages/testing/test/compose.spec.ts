/** @jest-environment ./packages/testing/reporting-environment.js */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ComposeSystem, startCompose } from '../src/compose.ts';
import { describeContract } from '../src/contract.ts';
import { describeCrashes } from '../src/crash.ts';
import { describeWithDocker } from '../src/docker.ts';
import { describeAnyInput } from '../src/fuzz.ts';
import type { System } from '../src/system.ts';

const run = promisify(execFile);
const docker = async (...words: string[]): Promise<string> => (await run('docker', words)).stdout.trim();
const START_MS = 600_000;
const NAME = 'docker compose with MySQL';

describeWithDocker('docker compose up --build --wait', () => {
  let system: ComposeSystem;
  /** The suites below share one system, which the last hook of this file stops. */
  const shared = (): Promise<System> => Promise.resolve({ ...system, stop: () => Promise.resolve() });

  beforeAll(async () => {
    system = await startCompose();
  }, START_MS);
  afterAll(async () => {
    await system.stop();
    const label = `label=com.docker.compose.project=${system.project}`;
    for (const kind of [
      ['ps', '-aq'],
      ['volume', 'ls', '-q'],
      ['network', 'ls', '-q'],
    ]) {
      expect(await docker(...kind, '--filter', label)).toBe('');
    }
  }, 120_000);

  describeContract(NAME, shared, START_MS);
  describeAnyInput(NAME, shared);

  describe.each(['user-management', 'notification'])('the image of %s', (service) => {
    const inContainer = (script: string): Promise<string> =>
      system.compose('exec', '-T', service, 'node', '-e', script);

    it('is small, labelled, and runs node as user 1000', async () => {
      const [image] = JSON.parse(await docker('image', 'inspect', `usermgmt/${service}:V1`)) as {
        Size: number;
        Config: { User: string; Cmd: string[]; Labels: Record<string, string> };
      }[];
      expect(image?.Size).toBeLessThan(250e6);
      expect(image?.Config).toMatchObject({
        User: '1000:1000',
        Cmd: ['node', 'dist/main.js'],
        Labels: {
          'org.opencontainers.image.title': service,
          'org.opencontainers.image.revision': 'test-revision',
          'org.opencontainers.image.version': 'V1',
        },
      });
      process.stdout.write(`image of ${service}: ${Math.round((image?.Size ?? 0) / 1e6)} MB\n`);
    });

    it('has node as process 1, a read-only root, no capability and no shell', async () => {
      const script = `
        const fs = require('node:fs');
        let written = true;
        try { fs.writeFileSync('/app/x', ''); } catch (error) { written = error.code; }
        const status = fs.readFileSync('/proc/1/status', 'utf8');
        console.log(JSON.stringify({
          command: fs.readFileSync('/proc/1/cmdline', 'utf8').split('\\0').filter(Boolean),
          uid: process.getuid(), written,
          capabilities: /CapBnd:\\s*(\\w+)/.exec(status)[1],
          noNewPrivileges: /NoNewPrivs:\\s*(\\d)/.exec(status)[1],
          shells: ['sh', 'bash', 'dash', 'busybox'].filter((name) =>
            ['/bin', '/usr/bin', '/usr/local/bin'].some((folder) => fs.existsSync(folder + '/' + name))),
        }));`;
      expect(JSON.parse(await inContainer(script))).toEqual({
        command: ['node', 'dist/main.js'],
        uid: 1000,
        written: 'EROFS',
        capabilities: '0000000000000000',
        noNewPrivileges: '1',
        shells: [],
      });
    });

    it('holds what production needs and nothing else', async () => {
      const script = `
        const fs = require('node:fs');
        const all = fs.readdirSync('/app', { recursive: true });
        console.log(JSON.stringify(all.filter((file) =>
          /\\.(spec\\.js|map|ts|sqlite|env|pem)$/.test(file) && !/package\\.json$/.test(file) ||
          /(^|\\/)node_modules\\/(jest|typescript|eslint|libsql|@swc|turbo|supertest|aws-ses-v2-local)$/.test(file))));`;
      const found = JSON.parse(await inContainer(script)) as string[];
      expect(found).toEqual([]);
    });
  });

  // Last, because it leaves the system as a bad day would.
  describeCrashes(NAME, shared, ['user-management', 'notification', 'mysql'], START_MS);
});
