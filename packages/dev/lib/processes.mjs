import { passedOn, SERVICE_VARIABLES } from './environment.mjs';
import { fromRoot, SQLITE_FILE } from './paths.mjs';

/** @import { NeededPort } from './ports.mjs' */

/**
 * A process of the local system: how it is started, where it says that it is ready, whether the rest is of any use
 * without it, and what happens while it is down.
 *
 * @typedef {{ name: string, script: string, env: NodeJS.ProcessEnv, port: number, readyPath: string,
 *   isNeeded: boolean, without: string }} LocalProcess
 */

/**
 * The processes in the order in which they are started.
 *
 * @param {NeededPort[]} ports
 * @param {NodeJS.ProcessEnv} environment the caller's, of which SERVICE_VARIABLES are passed on
 * @returns {{ localXray: LocalProcess, mailbox: LocalProcess, notification: LocalProcess, userManagement: LocalProcess }}
 */
export function localProcesses(ports, environment) {
  const portOf = Object.fromEntries(ports.map(({ name, port }) => [name, port]));
  const common = {
    ...passedOn(environment, SERVICE_VARIABLES),
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    AUTH_MODE: 'none',
    // As in the images; see docs/performance.md.
    NODE_OPTIONS: '--max-semi-space-size=4',
    // Compiled modules are kept between runs, which saves a third of the start.
    NODE_COMPILE_CACHE: fromRoot('node_modules/.cache/node-compile'),
  };
  const define = (/** @type {Omit<LocalProcess, 'port'>} */ { env, name, ...rest }) => {
    const port = /** @type {number} */ (portOf[name]);
    return { ...rest, name, port, env: { ...common, PORT: String(port), ...env } };
  };
  // Everything is traced here: there is little of it, and it is there to be looked at.
  const tracing = {
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${portOf.traces}`,
    AWS_XRAY_SAMPLING_RULES: '{"version":2,"default":{"fixed_target":1,"rate":1}}',
  };
  return {
    localXray: define({
      name: 'local-xray',
      script: 'packages/local-xray/src/main.ts',
      readyPath: '/health-check',
      isNeeded: false,
      without: 'the services go on, and traces are lost',
      env: { XRAY_PORT: String(portOf.traces) },
    }),
    mailbox: define({
      name: 'mailbox',
      script: 'packages/local-mailbox/main.mjs',
      readyPath: '/health-check',
      isNeeded: false,
      without: 'the services go on, and mails wait in the outbox',
      env: {},
    }),
    notification: define({
      name: 'notification',
      script: 'services/notification/dist/main.js',
      readyPath: '/notification/health/ready',
      isNeeded: true,
      without: 'user-management goes on, and mails wait in the outbox',
      env: {
        AWS_ENDPOINT_URL_SES: `http://127.0.0.1:${portOf.mailbox}`,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        METRICS_PORT: String(portOf['notification metrics']),
        ...tracing,
      },
    }),
    userManagement: define({
      name: 'user-management',
      script: 'services/user-management/dist/main.js',
      readyPath: '/usermgmt/health/ready',
      isNeeded: true,
      without: 'no request for users is answered; no data is lost',
      env: {
        SQLITE_FILE,
        NOTIFICATION_SERVICE_HOST: '127.0.0.1',
        NOTIFICATION_SERVICE_PORT: String(portOf.notification),
        METRICS_PORT: String(portOf['user-management metrics']),
        ...tracing,
      },
    }),
  };
}
