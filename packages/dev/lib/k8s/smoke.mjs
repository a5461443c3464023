import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../failure.mjs';
import { green, say } from '../terminal.mjs';
import { ask } from './kubectl.mjs';

/** @import { Manifest } from './manifests.mjs' */

const PATHS = ['health-status', 'notification-health-status'];
const ATTEMPTS = 10;

/**
 * Asks user-management, and notification through it, for their state. The way is the API server's proxy, which needs
 * neither a load balancer nor an open port.
 *
 * @param {Manifest[]} manifests
 */
export async function smoke(manifests) {
  say();
  for (const { metadata } of manifests.filter(isUserManagement)) {
    for (const path of PATHS) {
      const service = `services/http:${metadata.name}:http/proxy`;
      const url = `/api/v1/namespaces/${metadata.namespace ?? 'default'}/${service}/usermgmt/${path}`;
      say(`${green('ok')} ${metadata.namespace}/${metadata.name}: ${await answerOf(url)}`);
    }
  }
}

/** @param {Manifest} manifest */
const isUserManagement = ({ kind, metadata, spec }) =>
  kind === 'Service' &&
  metadata.labels?.['app.kubernetes.io/name'] === 'user-management' &&
  spec.ports.some((/** @type {{ name?: string }} */ { name }) => name === 'http');

/** @param {string} url @returns {Promise<string>} */
async function answerOf(url) {
  for (let attempt = 1; ; attempt += 1) {
    const { code, output, errors } = await ask(['get', '--raw', url]);
    if (code === 0) return output.trim();
    if (attempt === ATTEMPTS) throw new Failure(`kubectl get --raw ${url}: ${errors.trim()}`);
    await sleep(1_000);
  }
}
