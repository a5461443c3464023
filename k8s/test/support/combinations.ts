import { type ComponentRow, componentRows } from './components-table.ts';
import { foldersIn } from './kustomize.ts';

/** Components on the base, and the topics of the settings that they need. */
export interface Combination {
  components: readonly string[];
  settings: readonly string[];
}

/** What every combination needs to be complete: one of each, the first if nothing else is said. */
const ONE_OF = [
  ['mysql', 'rds', 'mysql-deployment'],
  ['db-secret', 'external-secrets'],
  ['auth-none', 'auth-development', 'auth-jwt', 'auth-local'],
  ['namespace'],
];

/** Ways to put components together that people may want, beside the overlays. */
export const NAMED: Readonly<Record<string, readonly string[]>> = {
  'the course, section 04': ['nodeport', 'mysql-deployment', 'storage-class', 'local-mailbox', 'auth-none'],
  'the course, section 05': ['nodeport', 'mysql-deployment', 'storage-class', 'wait-for-mysql', 'smtp'],
  'the course, section 06: RDS by its endpoint': ['nodeport', 'rds', 'rds-direct', 'smtp'],
  'the course, section 07: Classic': ['clb', 'rds', 'ses'],
  'the course, section 07: NLB': ['nlb-legacy', 'rds', 'ses'],
  'the course, 08-02: default backend': ['alb', 'alb-default-backend', 'ingress-class', 'rds', 'ses'],
  'the course, 08-03: context paths over TLS': [
    'alb',
    'alb-context-paths',
    'alb-tls',
    'alb-ssl-redirect',
    'external-dns',
    'ingress-class',
  ],
  'the course, 08-09: virtual hosts over TLS': [
    'alb',
    'alb-hosts',
    'alb-tls',
    'alb-ssl-redirect',
    'ingress-class',
  ],
  'the course, 08-09: virtual hosts, certificates found': [
    'alb',
    'alb-hosts',
    'alb-cert-discovery-tls',
    'alb-ssl-redirect',
    'ingress-class',
  ],
  'the course, 08-10: certificate found by host': [
    'alb',
    'alb-cert-discovery-host',
    'alb-ssl-redirect',
    'ingress-class',
  ],
  'the course, 08-12: group over TLS': [
    'alb',
    'alb-group',
    'alb-tls',
    'alb-ssl-redirect',
    'external-dns',
    'ingress-class',
  ],
  'the course, 08-12 and 13: group with ip targets': ['alb', 'alb-group', 'alb-target-ip', 'ingress-class'],
  'the course, 08-14: internal ALB': ['alb', 'alb-internal', 'alb-target-ip', 'ingress-class'],
  'the course, 19-04: NLB with fixed addresses and TLS': [
    'nlb',
    'nlb-tls',
    'nlb-elastic-ip',
    'nlb-external-dns',
  ],
  'the course, 19-05: internal NLB to pods': ['nlb', 'nlb-internal', 'nlb-ip'],
  'the course, 19-06: NLB on Fargate': [
    'nlb',
    'nlb-ip',
    'fargate',
    'irsa',
    'xray-sidecar',
    'rds',
    'ses',
    'fargate-logging',
  ],
  'Gateway API with readiness gates and canary': [
    'gateway-api',
    'canary-second-version',
    'canary-weights-gateway',
    'pod-readiness-gate',
    'gateway-class',
  ],
  'context paths to pods, readiness gates': [
    'alb',
    'alb-context-paths',
    'alb-target-ip',
    'pod-readiness-gate',
    'ingress-class',
  ],
  'both autoscalers, closed': ['hpa', 'vpa', 'rds', 'ses', 'external-secrets', 'auth-jwt'],
  'closed by its own tokens': ['nodeport-any', 'mysql', 'local-mailbox', 'auth-local'],
  'both canaries': [
    'canary-replicas',
    'canary-second-version',
    'canary-weights',
    'alb',
    'alb-target-ip',
    'alb-tls',
    'xray-daemonset',
    'ingress-class',
    'wait-for-mysql',
  ],
  'secrets from Secrets Manager, waiting': [
    'rds',
    'wait-for-mysql',
    'external-secrets',
    'smtp',
    'nodeport-any',
  ],
  'a namespace with quota': ['nodeport-any', 'limit-range', 'resource-quota', 'local-mailbox'],
};

/** Something that can be built: an overlay, or components on the base. */
export interface Build {
  name: string;
  combination?: Combination;
}

/** Every overlay. */
export const overlays = (): Build[] => foldersIn('overlays').map((name) => ({ name: `overlays/${name}` }));

/** Every component alone, with what it needs. */
export const alone = (): Build[] =>
  componentRows().map(({ name }) => ({ name: `${name} alone`, combination: complete([name]) }));

/** Every named combination. */
export const named = (): Build[] =>
  Object.entries(NAMED).map(([name, components]) => ({ name, combination: complete(components) }));

/** Components alone, one after the other, until each is in one of the builds. */
export function aloneUnlessIn(builds: readonly Build[]): Build[] {
  const seen = new Set(builds.flatMap(({ combination }) => combination?.components ?? []));
  return alone().filter(({ combination: { components } = { components: [] } }) => {
    const isNew = components.some((component) => !seen.has(component));
    for (const component of components) seen.add(component);
    return isNew;
  });
}

/** Adds what components need, and puts them in the table's order. @throws Error if two do not go together */
export function complete(wanted: readonly string[]): Combination {
  const rows = new Map(componentRows().map((row) => [row.name, row]));
  const rowOf = (name: string): ComponentRow => {
    const row = rows.get(name);
    if (row === undefined) throw new Error(`README.md has no row for the component ${name}`);
    return row;
  };
  const chosen = new Set<string>();
  const rivalOf = (name: string): string | undefined =>
    [...chosen].find((other) => rowOf(name).notWith.includes(other) || rowOf(other).notWith.includes(name));
  const add = (name: string): void => {
    if (chosen.has(name)) return;
    const rival = rivalOf(name);
    if (rival) throw new Error(`${name} and ${rival} do not go together`);
    chosen.add(name);
  };
  const addOneOf = (choices: readonly string[]): void => {
    if (!choices.some((choice) => chosen.has(choice)))
      add(choices.find((choice) => !rivalOf(choice)) ?? choices[0]!);
  };
  wanted.forEach(add);
  // What is added here may need others, which a Set hands out too.
  for (const name of chosen) rowOf(name).needs.forEach(addOneOf);
  ONE_OF.forEach(addOneOf);
  const components = [...rows.keys()].filter((name) => chosen.has(name));
  return { components, settings: [...new Set(components.flatMap((name) => rowOf(name).settings))] };
}
