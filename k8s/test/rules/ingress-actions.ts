import type { Manifest } from '../support/kustomize.ts';
import { serviceOf, targetGroupProblems } from './services.ts';

const PREFIX = 'alb.ingress.kubernetes.io/actions.';

/** What an action may hold; the controller ignores everything else. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': ['type', 'targetGroupARN', 'fixedResponseConfig', 'redirectConfig', 'forwardConfig'],
  fixedResponseConfig: ['contentType', 'messageBody', 'statusCode'],
  redirectConfig: ['host', 'path', 'port', 'protocol', 'query', 'statusCode'],
  forwardConfig: ['targetGroups', 'targetGroupStickinessConfig', 'baseServiceWeight'],
  targetGroups: ['serviceName', 'servicePort', 'targetGroupARN', 'targetGroupName', 'weight'],
  targetGroupStickinessConfig: ['enabled', 'durationSeconds'],
};

interface TargetGroup {
  serviceName?: string;
  servicePort?: number | string;
  weight?: number;
}

interface Action {
  type: string;
  redirectConfig?: { statusCode?: string };
  forwardConfig?: {
    targetGroups: TargetGroup[];
    targetGroupStickinessConfig?: { enabled?: boolean; durationSeconds?: number };
  };
}

/** The actions of an Ingress by name. */
export function actionsOf({ metadata }: Manifest): Record<string, string> {
  const entries = Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith(PREFIX));
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(PREFIX.length), value]));
}

/** Actions that name nothing, that nothing names, or that say what nobody reads. */
export function actionProblems(
  ingress: Manifest,
  backends: readonly Manifest['spec'][],
  manifests: readonly Manifest[],
): string[] {
  const used = backends
    .filter(({ service }) => service.port.name === 'use-annotation')
    .map(({ service }) => String(service.name));
  return Object.entries(actionsOf(ingress)).flatMap(([name, text]) => {
    const unused = used.includes(name) ? [] : ['no backend names it'];
    let action: Action;
    try {
      action = JSON.parse(text) as Action;
    } catch {
      return [`action ${name}: not JSON`];
    }
    const problems = [...unused, ...unknownKeys('', action), ...forwardProblems(ingress, action, manifests)];
    if (action.redirectConfig && !action.redirectConfig.statusCode)
      problems.push('a redirect without statusCode');
    return problems.map((problem) => `action ${name}: ${problem}`);
  });
}

function unknownKeys(place: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => unknownKeys(place, one));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    KEYS[place]?.includes(key) ? unknownKeys(key, inner) : [`nobody reads ${key}`],
  );
}

function forwardProblems(ingress: Manifest, action: Action, manifests: readonly Manifest[]): string[] {
  const { targetGroups = [], targetGroupStickinessConfig: sticky } = action.forwardConfig ?? {};
  const problems = targetGroups.flatMap(({ serviceName, servicePort, weight }) => {
    if (serviceName === undefined) return [];
    const service = serviceOf(ingress, serviceName, manifests);
    const found = service
      ? targetGroupProblems(ingress, service, servicePort)
      : [`there is no Service ${serviceName}`];
    if (targetGroups.length > 1 && weight === undefined) found.push(`no weight for ${serviceName}`);
    if (weight !== undefined && (weight < 0 || weight > 999))
      found.push(`weight ${weight} is not in 0 to 999`);
    return found;
  });
  if (sticky?.enabled && !sticky.durationSeconds) problems.push('stickiness without durationSeconds');
  return problems;
}
