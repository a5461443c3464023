import { dump, loadAll } from 'js-yaml';

/**
 * An object of Kubernetes, as far as these commands look at it.
 *
 * @typedef {{
 *   apiVersion: string,
 *   kind: string,
 *   metadata: {
 *     name: string,
 *     namespace?: string,
 *     labels?: Record<string, string>,
 *     annotations?: Record<string, string>,
 *   },
 *   spec?: any,
 * }} Manifest
 */

/** What several deployments of a cluster share. */
const CLASSES = ['StorageClass', 'IngressClassParams', 'IngressClass', 'GatewayClass'];

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Pod'];

/** @param {string} yaml @returns {Manifest[]} */
export const parse = (yaml) => /** @type {Manifest[]} */ (loadAll(yaml));

/** @param {readonly Manifest[]} manifests */
export const toYaml = (manifests) => manifests.map((manifest) => dump(manifest)).join('---\n');

/** @param {Manifest} manifest */
export const isClass = ({ kind }) => CLASSES.includes(kind);

/** Whether it belongs to the cluster as a whole. @param {Manifest} manifest */
export const isClusterObject = (manifest) => manifest.kind === 'Namespace' || isClass(manifest);

/** Whether it makes pods, or is one. @param {Manifest} manifest */
export const isWorkload = ({ kind }) => WORKLOADS.includes(kind);

/** How kubectl is told of an object. @param {Manifest} manifest */
export const nameOf = ({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`;

/** @param {Manifest} manifest @returns {string[]} */
export const placeOf = ({ metadata }) => ['--namespace', metadata.namespace ?? 'default'];
