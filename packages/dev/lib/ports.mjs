import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { Failure } from './failure.mjs';

/** @typedef {{ name: string, variable: string, port: number, protocol?: 'udp' }} NeededPort */

/** @type {NeededPort[]} */
const DEFAULTS = [
  { name: 'mailbox', variable: 'MAILBOX_PORT', port: 8005 },
  { name: 'notification', variable: 'NOTIFICATION_PORT', port: 8096 },
  { name: 'user-management', variable: 'USER_MANAGEMENT_PORT', port: 8095 },
  { name: 'local-xray', variable: 'LOCAL_XRAY_PORT', port: 8007 },
  { name: 'traces', variable: 'XRAY_DAEMON_PORT', port: 2000, protocol: 'udp' },
  { name: 'notification metrics', variable: 'NOTIFICATION_METRICS_PORT', port: 9096 },
  { name: 'user-management metrics', variable: 'USER_MANAGEMENT_METRICS_PORT', port: 9095 },
];

/**
 * A service listens on 127.0.0.1 only, but `localhost` and other programs may mean any of these; some
 * systems allow two programs the same port on different ones.
 */
const ADDRESSES = ['127.0.0.1', '0.0.0.0', '::1', '::'];

/** @param {NodeJS.ProcessEnv} environment @returns {NeededPort[]} */
export function portsFrom(environment) {
  const ports = DEFAULTS.map(({ name, variable, port, ...rest }) => {
    const given = environment[variable]?.trim() || String(port);
    const number = Number(given);
    if (!/^\d{1,5}$/.test(given) || number < 1 || number > 65_535) {
      throw new Failure(`${variable} must be a port from 1 to 65535`);
    }
    return { name, variable, port: number, ...rest };
  });
  for (const [index, { variable, port }] of ports.entries()) {
    const same = ports.slice(0, index).find((other) => other.port === port);
    if (same)
      throw new Failure(`${same.variable} and ${variable} are both ${port}: give them different ports`);
  }
  return ports;
}

/**
 * Fails with one line for the first port that cannot be listened on.
 *
 * @param {NeededPort[]} ports
 */
export async function ensureFree(ports) {
  for (const { name, variable, port, protocol } of ports) {
    for (const address of ADDRESSES) {
      const code = await (protocol === 'udp' ? tryToBind : tryToListen)(port, address);
      if (code === 'EADDRINUSE') {
        throw new Failure(
          `port ${port} is taken (needed by ${name}): stop what uses it, or choose another with ${variable}=…`,
        );
      }
      if (code === 'EACCES') {
        throw new Failure(`port ${port} may not be used (for ${name}): choose another with ${variable}=…`);
      }
    }
  }
}

/** @param {number} port @param {string} host @returns {Promise<string | undefined>} the error's code */
function tryToListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code));
    server.listen({ port, host }, () => server.close(() => resolve(undefined)));
  });
}

/** The same for UDP. @param {number} port @param {string} address @returns {Promise<string | undefined>} */
function tryToBind(port, address) {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code));
    socket.bind({ port, address }, () => socket.close(() => resolve(undefined)));
  });
}
