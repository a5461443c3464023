import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Receiver, startReceiver } from '@usermgmt/local-xray/receiver';
import { freePort } from './free-port.ts';
import {
  type HttpProcess,
  runCommand,
  startMailbox,
  startNotification,
  startUserManagement,
} from './process.ts';

/** Both services on the embedded database, and the receiver of their traces. */
export interface TracedSystem {
  users: HttpProcess;
  notification: HttpProcess;
  metrics: string[];
  receiver: Receiver;
  stop(): Promise<void>;
}

/** Starts both services; every request is traced, unless `environment` says otherwise. */
export async function startTraced(environment: Readonly<Record<string, string>> = {}): Promise<TracedSystem> {
  const receiver = await startReceiver({ limits: { traces: 100_000, bytes: 1024 ** 3 } });
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
  const tracing = {
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${receiver.port}`,
    AWS_XRAY_SAMPLING_RULES: '{"version":2,"default":{"fixed_target":1,"rate":1}}',
    AWS_EKS_CLUSTER_NAME: 'eksdemo1',
    AWS_CLOUDWATCH_LOG_GROUP: '/aws/containerinsights/eksdemo1/application',
    ...environment,
  };
  const [usersMetrics, notificationMetrics] = [await freePort(), await freePort()];
  const mailbox = await startMailbox();
  const notification = await startNotification({
    ...tracing,
    AWS_ENDPOINT_URL_SES: mailbox.url,
    METRICS_PORT: String(notificationMetrics),
  });
  const database = { SQLITE_FILE: join(folder, 'test.sqlite') };
  await runCommand('migrate', [], database);
  const users = await startUserManagement({
    ...tracing,
    ...database,
    NOTIFICATION_SERVICE_HOST: '127.0.0.1',
    NOTIFICATION_SERVICE_PORT: String(notification.port),
    METRICS_PORT: String(usersMetrics),
  });
  return {
    users,
    notification,
    receiver,
    metrics: [usersMetrics, notificationMetrics].map((port) => `http://127.0.0.1:${port}/metrics`),
    async stop() {
      await users.process.stop();
      await notification.process.stop();
      await mailbox.process.stop('SIGKILL');
      await receiver.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
