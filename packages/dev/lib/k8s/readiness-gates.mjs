import { setTimeout as sleep } from 'node:timers/promises';
import { bold, say, whileShowing } from '../terminal.mjs';
import { ask } from './kubectl.mjs';

/** @import { Manifest } from './manifests.mjs' */

const LABEL = 'elbv2.k8s.aws/pod-readiness-gate-inject';
const ALB = 'alb.ingress.kubernetes.io/';
const NLB_TARGETS = 'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type';

/**
 * Waits until the AWS Load Balancer Controller has bound the Services whose pods it is to send to. It gives a readiness
 * gate only to pods that are created after that:
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/
 *
 * Returns at once where no gates are wanted, and where the cluster does not know that controller. Gives up after
 * `limitMs`, and says so: pods without gates are not worse than on any other cluster.
 *
 * @param {Manifest[]} manifests which are applied, but for the pods
 * @param {{ limitMs?: number, everyMs?: number }} [times]
 */
export async function waitForBindings(manifests, { limitMs = 120_000, everyMs = 3_000 } = {}) {
  const targets = ipTargets(manifests);
  for (const namespace of new Set(targets.map((target) => target.namespace))) {
    if (!(await wantsGates(namespace))) continue;
    const services = targets.filter((target) => target.namespace === namespace).map(({ service }) => service);
    const unbound = await whileShowing(`waiting for target groups of ${services.join(', ')}`, () =>
      waitFor(namespace, services, Date.now() + limitMs, everyMs),
    );
    if (unbound.length === 0) continue;
    const place = `--namespace ${namespace}`;
    say(
      bold(
        `no target group for ${unbound.join(', ')} within ${limitMs / 1000} s: new pods have no readiness gates. ` +
          `kubectl describe ingress,service ${place} says why; afterwards: kubectl rollout restart deployment ${place}`,
      ),
    );
  }
}

/** @param {string} namespace */
async function wantsGates(namespace) {
  const path = `jsonpath={.metadata.labels['${LABEL.replaceAll('.', '\\.')}']}`;
  const { output } = await ask(['get', `namespace/${namespace}`, '--ignore-not-found', '--output', path]);
  return output !== '';
}

/**
 * @param {string} namespace
 * @param {string[]} services
 * @param {number} deadline
 * @param {number} everyMs
 * @returns {Promise<string[]>} those that are not bound at the deadline
 */
async function waitFor(namespace, services, deadline, everyMs) {
  const path = 'jsonpath={.items[*].spec.serviceRef.name}';
  for (;;) {
    const place = ['--namespace', namespace, '--output', path];
    const { code, output } = await ask(['get', 'targetgroupbindings', ...place]);
    // The cluster does not know the kind: another load balancer, or none.
    if (code !== 0) return [];
    const bound = output.split(' ');
    const unbound = services.filter((service) => !bound.includes(service));
    if (unbound.length === 0 || Date.now() >= deadline) return unbound;
    await sleep(everyMs);
  }
}

/**
 * The Services whose pods a load balancer is to send to directly.
 *
 * @param {Manifest[]} manifests
 * @returns {{ namespace: string, service: string }[]}
 */
function ipTargets(manifests) {
  return manifests.flatMap((manifest) => {
    const { namespace = 'default' } = manifest.metadata;
    return [...new Set(servicesOf(manifest))].map((service) => ({ namespace, service }));
  });
}

/** @param {Manifest} manifest @returns {string[]} */
function servicesOf({ kind, metadata, spec }) {
  const { annotations = {} } = metadata;
  if (kind === 'Service') return annotations[NLB_TARGETS] === 'ip' ? [metadata.name] : [];
  if (kind === 'TargetGroupConfiguration')
    return spec.defaultConfiguration?.targetType === 'ip' ? [spec.targetReference.name] : [];
  if (kind !== 'Ingress' || annotations[`${ALB}target-type`] !== 'ip') return [];
  /** @type {any[]} */
  const backends = [
    spec.defaultBackend,
    ...(spec.rules ?? []).flatMap((/** @type {any} */ { http }) =>
      http.paths.map((/** @type {any} */ { backend }) => backend),
    ),
  ];
  return backends.flatMap((backend) => {
    if (backend === undefined) return [];
    const { name, port } = backend.service;
    if (port.name !== 'use-annotation') return [name];
    /** @type {{ serviceName: string }[]} */
    const groups = JSON.parse(annotations[`${ALB}actions.${name}`] ?? '{}').forwardConfig?.targetGroups ?? [];
    return groups.map(({ serviceName }) => serviceName);
  });
}
