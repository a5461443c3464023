import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@usermgmt/testing/free-port';
import {
  type HttpProcess,
  runCommand,
  startMailbox,
  startNotification,
  startUserManagement,
} from '@usermgmt/testing/process';

/** Both services as processes, on the embedded database and the local mailbox, and where they are measured. */
export interface RunningServices {
  users: HttpProcess;
  notification: HttpProcess;
  /** What Prometheus gets from each, by the name of the scrape job. */
  scrape(): Promise<Record<'user-management' | 'notification', string>>;
  stop(): Promise<void>;
}

/**
 * @param beforeNotification is called while user-management runs and notification does not
 * @param environment for both services
 */
export async function startServices(
  environment: Readonly<Record<string, string>> = {},
  beforeNotification: (users: HttpProcess) => Promise<void> = () => Promise.resolve(),
): Promise<RunningServices> {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
  const port = String(await freePort());
  const metricsPorts = { 'user-management': await freePort(), notification: await freePort() };
  const forUsers = {
    ...environment,
    SQLITE_FILE: join(folder, 'test.sqlite'),
    NOTIFICATION_SERVICE_HOST: '127.0.0.1',
    NOTIFICATION_SERVICE_PORT: port,
    METRICS_PORT: String(metricsPorts['user-management']),
  };
  const { code, output } = await runCommand('migrate', [], forUsers);
  if (code !== 0) throw new Error(output);
  const users = await startUserManagement(forUsers);
  await beforeNotification(users);
  const mailbox = await startMailbox();
  const notification = await startNotification({
    ...environment,
    AWS_ENDPOINT_URL_SES: mailbox.url,
    PORT: port,
    METRICS_PORT: String(metricsPorts.notification),
  });
  const metricsOf = async (job: keyof typeof metricsPorts): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${metricsPorts[job]}/metrics`);
    if (!response.ok) throw new Error(`/metrics of ${job} answered ${response.status}`);
    return response.text();
  };
  return {
    users,
    notification,
    scrape: async () => ({
      'user-management': await metricsOf('user-management'),
      notification: await metricsOf('notification'),
    }),
    async stop() {
      await users.process.stop();
      await notification.process.stop();
      await mailbox.process.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
