import { bold, say } from '../terminal.mjs';
import { ask } from './kubectl.mjs';
import { nameOf, placeOf } from './manifests.mjs';

/** @import { Manifest } from './manifests.mjs' */

const HOSTNAME = '{.status.loadBalancer.ingress[*].hostname}{.status.loadBalancer.ingress[*].ip}';
const NODES =
  'jsonpath={range .items[*]}{.status.addresses[?(@.type=="ExternalIP")].address} {.status.addresses[?(@.type=="InternalIP")].address}{"\\n"}{end}';

/** Prints where the overlay can be called. @param {Manifest[]} manifests */
export async function showAddresses(manifests) {
  say(`\n${bold('addresses')}`);
  for (const manifest of manifests) {
    if (manifest.kind === 'Ingress') await showIngress(manifest);
    if (manifest.kind === 'Gateway') await showGateway(manifest);
    if (manifest.kind === 'Service' && manifest.spec.type === 'LoadBalancer') await showBalancer(manifest);
    if (manifest.kind === 'Service' && manifest.spec.type === 'NodePort') await showNodePort(manifest);
  }
}

/** @param {Manifest} manifest */
const titleOf = ({ kind, metadata }) => `${metadata.namespace} ${kind} ${metadata.name}`;

/** @param {Manifest} manifest @param {string} path @returns {Promise<string>} '' if there is nothing there */
async function read(manifest, path) {
  const { output } = await ask([
    ...['get', nameOf(manifest), ...placeOf(manifest)],
    ...['--output', `jsonpath=${path}`],
  ]);
  return output.trim();
}

/** @param {Manifest} manifest @param {string} address of its load balancer */
function pending(manifest, address) {
  const watch = `kubectl get ${nameOf(manifest)} ${placeOf(manifest).join(' ')} --watch`;
  return address || `(no load balancer yet: ${watch})`;
}

/** @param {Manifest} ingress */
async function showIngress(ingress) {
  const address = pending(ingress, await read(ingress, HOSTNAME));
  const hosts = (ingress.spec.rules ?? []).flatMap((/** @type {{ host?: string }} */ { host }) => host ?? []);
  say(`  ${titleOf(ingress)}: ${address}${hosts.length > 0 ? ` for ${hosts.join(', ')}` : ''}`);
}

/** @param {Manifest} gateway */
async function showGateway(gateway) {
  say(`  ${titleOf(gateway)}: ${pending(gateway, await read(gateway, '{.status.addresses[*].value}'))}`);
}

/** @param {Manifest} service */
async function showBalancer(service) {
  const ports = service.spec.ports.map((/** @type {{ port: number }} */ { port }) => port).join(', ');
  say(`  ${titleOf(service)}, port ${ports}: ${pending(service, await read(service, HOSTNAME))}`);
}

/** @param {Manifest} service */
async function showNodePort(service) {
  const port = await read(service, '{.spec.ports[0].nodePort}');
  const { output } = await ask(['get', 'nodes', '--output', NODES]);
  for (const address of new Set(output.split(/\s+/).filter(Boolean))) {
    say(`  ${titleOf(service)}: http://${address}:${port}/usermgmt/docs`);
  }
}
