import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { RunningProcess, runCommand, startNotification, startUserManagement } from '../src/process.ts';

const main = (service: string): string =>
  new URL(`../../../services/${service}/dist/main.js`, import.meta.url).pathname;

describe.each(['user-management', 'notification'])('the configuration of %s', (service) => {
  const run = async (environment: Record<string, string>, ...words: string[]): Promise<[unknown, string]> => {
    const running = new RunningProcess(service, [main(service), ...words], environment);
    return [await running.ended(), running.output];
  };

  it('is refused as a whole, by name, without values, with exit code 78', async () => {
    const [code, output] = await run({
      PORT: 'secret-1',
      LOG_LEVEL: 'secret-2',
      SHUTDOWN_DELAY_MS: 'secret-3',
    });
    expect(code).toBe(78);
    for (const name of ['PORT', 'LOG_LEVEL', 'SHUTDOWN_DELAY_MS']) expect(output).toContain(`${name}: `);
    expect(output).not.toContain('secret');
  });

  it('is told by --help', async () => {
    const [code, output] = await run({}, '--help');
    expect(code).toBe(0);
    expect(output).toMatch(/PORT +\d{4} +Port to listen on/);
  });

  it('leads to one line when the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const [code, output] = await run({ HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'silent' });
    holder.close();
    expect(code).toBe(1);
    expect(output).toBe(`${service} cannot listen: port ${port} is taken: stop what uses it, or set PORT\n`);
  });
});

describe('production', () => {
  it('refuses the embedded database', async () => {
    const { code, output } = await runCommand('main', [], { NODE_ENV: 'production' });
    expect(code).toBe(78);
    expect(output).toContain('DB_HOSTNAME: ');
  });

  it.each(['user-management', 'notification'])('wants to be told who gets into %s', async (service) => {
    const environment = { NODE_ENV: 'production', DB_HOSTNAME: 'mysql', AUTH_MODE: 'none' };
    const running = new RunningProcess(service, [main(service)], environment);
    expect(await running.ended()).toBe(78);
    expect(running.output).toContain('AUTH_MODE: must not be none');
  });

  it.each([
    ['on a laptop', startUserManagement, {}],
    ['on a laptop', startNotification, {}],
    [
      'in production where that was said twice',
      startNotification,
      { NODE_ENV: 'production', AUTH_MODE: 'none', AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING: 'true' },
    ],
  ])('is warned of being open, %s', async (_where, start, environment) => {
    const { process: running } = await start({ SQLITE_FILE: ':memory:', ...environment });
    await running.stop();
    const warning = running.output.split('\n').find((line) => line.includes('whoever reaches this port'));
    expect(JSON.parse(warning ?? '{}')).toMatchObject({ level: 'warn', context: 'auth' });
  });

  it('lets commands run without that', async () => {
    const environment = { NODE_ENV: 'production', DB_HOSTNAME: '127.0.0.1', DB_PORT: '1' };
    const { code, output } = await runCommand('migrate', [], { ...environment, MIGRATE_WAIT_SECONDS: '0' });
    expect(code).toBe(1);
    expect(output).toContain('no database');
  });
});
