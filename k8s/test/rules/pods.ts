import { type Manifest, nameOf, podTemplateOf } from '../support/kustomize.ts';

type Pod = Manifest['spec'];
type Container = Manifest['spec'];

/** How a container may run: what Pod Security "restricted" asks for, and a root file system that cannot be written. */
const CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};
const VERSIONED = /(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/;
const SERVICES = ['usermgmt-restapp', 'notification-restapp'];
/** What an overlay leaves to a LimitRange says nothing itself. */
const NOTHING_SAID = undefined;
/** SHUTDOWN_DEADLINE_MS of the services, if nothing else is said. */
const DEADLINE_MS = 20_000;

/** Workloads that run with more rights than they need, or without what keeps them running. */
export function podProblems(manifests: readonly Manifest[]): string[] {
  const hasLimitRange = (namespace?: string): boolean =>
    manifests.some(({ kind, metadata }) => kind === 'LimitRange' && metadata.namespace === namespace);
  return manifests.flatMap((workload) => {
    const template = podTemplateOf(workload);
    if (template === undefined) return [];
    const problems = [...rightsProblems(template.spec), ...labelProblems(template.metadata.labels ?? {})];
    for (const container of containersOf(template.spec)) {
      problems.push(...containerProblems(container, hasLimitRange(workload.metadata.namespace)));
    }
    if (SERVICES.includes(template.metadata.labels.app))
      problems.push(...lifeProblems(template.spec, manifests));
    return problems.map((problem) => `${nameOf(workload)}: ${problem}`);
  });
}

const containersOf = ({ initContainers = [], containers }: Pod): Container[] => [
  ...initContainers,
  ...containers,
];

const differs = (actual: unknown, wanted: unknown): boolean =>
  JSON.stringify(actual) !== JSON.stringify(wanted);

function rightsProblems(pod: Pod): string[] {
  const problems: string[] = [];
  const { securityContext = {}, serviceAccountName } = pod;
  if (!securityContext.runAsNonRoot || !(securityContext.runAsUser > 0)) problems.push('may run as root');
  if (securityContext.seccompProfile?.type !== 'RuntimeDefault') problems.push('no seccomp profile');
  if (pod.automountServiceAccountToken !== false) problems.push("mounts the service account's token");
  if (pod.enableServiceLinks !== false) problems.push('service links');
  if (!serviceAccountName || serviceAccountName === 'default') problems.push('no service account of its own');
  return problems;
}

function labelProblems(labels: Record<string, string>): string[] {
  return ['app', 'app.kubernetes.io/name', 'app.kubernetes.io/part-of']
    .filter((label) => !labels[label])
    .map((label) => `no label ${label}`);
}

function containerProblems(
  { name, image, securityContext, resources, ports = [] }: Container,
  hasDefaults: boolean,
): string[] {
  const problems: string[] = [];
  const sorted = (value: object = {}): unknown => Object.fromEntries(Object.entries(value).sort());
  if (differs(sorted(securityContext), sorted(CONTAINER))) problems.push('more rights than needed');
  if (!VERSIONED.test(image)) problems.push(`no version in ${image}`);
  if (ports.some(({ hostPort }: { hostPort?: number }) => hostPort)) problems.push('a port of the node');
  const { requests, limits } = resources ?? {};
  const isSaid = requests?.cpu && limits?.cpu && requests.memory && requests.memory === limits.memory;
  if (!isSaid && !(hasDefaults && resources === NOTHING_SAID)) problems.push('does not say what it needs');
  return problems.map((problem) => `${name}: ${problem}`);
}

/** The two services: closed or open on purpose, probed over HTTP, and ended slowly enough that nothing is lost. */
function lifeProblems(pod: Pod, manifests: readonly Manifest[]): string[] {
  const problems: string[] = [];
  const [{ startupProbe, livenessProbe, readinessProbe, lifecycle, envFrom }] = pod.containers;
  const isGet = (probe: Manifest['spec'], end: string): boolean =>
    String(probe?.httpGet?.path).endsWith(`/health/${end}`);
  if (!isGet(startupProbe, 'live')) problems.push('no startup probe');
  if (!isGet(livenessProbe, 'live')) problems.push('no liveness probe');
  if (!isGet(readinessProbe, 'ready')) problems.push('no readiness probe');
  const settings = manifests.find(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === envFrom[0].configMapRef.name,
  );
  if (settings?.data.AUTH_MODE === undefined) problems.push('does not say who gets in');
  const sleep = Number(lifecycle?.preStop?.sleep?.seconds ?? 0);
  if (sleep < 5) problems.push('ends before others have heard of it');
  const needed = sleep + (Number(settings?.data.SHUTDOWN_DELAY_MS) + DEADLINE_MS) / 1000;
  if (!(pod.terminationGracePeriodSeconds >= needed + 5)) problems.push('is killed before it is done');
  const topologies = (pod.topologySpreadConstraints ?? []).map((one: Manifest['spec']) => one.topologyKey);
  if (differs(topologies, ['topology.kubernetes.io/zone', 'kubernetes.io/hostname']))
    problems.push('not spread');
  return problems;
}
