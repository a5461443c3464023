import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alone, type Build, named, overlays } from '../../support/combinations.ts';
import { K8S, type Kustomize, type Manifest } from '../../support/kustomize.ts';
import { move } from '../../support/move.ts';

/** What makes load balancers, and what they are made of. */
const KINDS = [
  'Namespace',
  'Service',
  'IngressClassParams',
  'IngressClass',
  'Ingress',
  'GatewayClass',
  'LoadBalancerConfiguration',
  'TargetGroupConfiguration',
  'Gateway',
  'HTTPRoute',
];
const NAME_ANNOTATIONS = [
  'alb.ingress.kubernetes.io/load-balancer-name',
  'alb.ingress.kubernetes.io/group.name',
  'service.beta.kubernetes.io/aws-load-balancer-name',
];
/** A load balancer's name that the controller makes: parts of its object's names, and a hash that differs in every run. */
const GENERATED_NAME = /\bk8s-\w+-\w+-[0-9a-f]{10}\b/g;

/** Its fixed addresses exist once, and the combination of section 19-04 has them. */
const WITHOUT_CASE = 'nlb-elastic-ip alone';

/** Namespaces of these tests have this label. */
export const LABEL = 'usermgmt-test=load-balancers';

/** A build with a load balancer. */
export interface Case {
  /** `overlays/alb`, `components/alb-hosts`, `combinations/the-course-08-02-default-backend`: the path of its file. */
  name: string;
  /** What its namespaces and load balancers begin with, so that all cases can exist at the same time. */
  prefix: string;
  build: Build;
}

/** Every overlay, every component alone and every named combination that has a load balancer. */
export const cases = (): Case[] =>
  [...overlays(), ...alone(), ...named()]
    .filter(({ name }) => name !== WITHOUT_CASE)
    .filter((build) => componentsOf(build).some(makesBalancer))
    // Three digits would make the longest name too long for AWS, and the controller would refuse it.
    .map((build, index) => ({ name: fileOf(build), prefix: `t${String(index).padStart(2, '0')}-`, build }));

/** What the controller makes the load balancers of a case of, in namespaces and with names of its own. */
export const objectsOf = ({ build, prefix }: Case, kustomize: Kustomize): Manifest[] =>
  kustomize
    .make(build)
    .filter(({ kind }) => KINDS.includes(kind))
    .sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind))
    .map((object) => rename(object, prefix));

/** How many targets there are, and whether they are healthy: there are no pods. */
const TARGETS = /^ +targets: .*\n?/gm;

/** The load balancers of a case, with the names of its overlay. @param all of all cases */
export const stateOf = ({ prefix }: Case, all: readonly string[]): string => {
  const own = all.filter((balancer) => balancer.split('\n', 1)[0]?.includes(` of ${prefix}`));
  const texts = own.map((balancer) =>
    balancer
      .replaceAll(TARGETS, '')
      .replaceAll(GENERATED_NAME, 'k8s-<namespace>-<name>-<hash>')
      .replaceAll(prefix, '')
      .trim(),
  );
  return `${texts.sort().join('\n\n') || 'no load balancer'}\n`;
};

/** The components of a build, those of an overlay's namespaces included. */
function componentsOf({ name, combination }: Build): readonly string[] {
  if (combination !== undefined) return combination.components;
  const text = yamlIn(name).join('\n');
  return [...text.matchAll(/\/components\/([a-z0-9-]+)$/gm)].map(([, component = '']) => component);
}

const makesBalancer = (component: string): boolean =>
  yamlIn(`components/${component}`).some((text) =>
    /^kind: (Ingress|Gateway)$|^ {2}type: LoadBalancer$/m.test(text),
  );

/** The texts of the YAML files below a folder of k8s. */
const yamlIn = (folder: string): string[] =>
  readdirSync(join(K8S, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => readFileSync(join(K8S, folder, file), 'utf8'));

function fileOf({ name, combination }: Build): string {
  if (combination === undefined) return name;
  if (name.endsWith(' alone')) return `components/${name.replace(' alone', '')}`;
  return `combinations/${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
}

/** The same object in namespaces of this case, with names of load balancers that exist once in the account. */
function rename(manifest: Manifest, prefix: string): Manifest {
  const copy = move(manifest, (namespace) => `${prefix}${namespace}`);
  const { kind, metadata } = copy;
  if (kind === 'Namespace') {
    const [key = '', value = ''] = LABEL.split('=');
    metadata.labels = { ...metadata.labels, [key]: value };
  }
  for (const key of NAME_ANNOTATIONS) {
    const name = metadata.annotations?.[key];
    if (name !== undefined) metadata.annotations![key] = `${prefix}${name}`;
  }
  if (kind === 'LoadBalancerConfiguration')
    copy.spec.loadBalancerName = `${prefix}${copy.spec.loadBalancerName}`;
  return copy;
}
