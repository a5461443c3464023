import { type Manifest, nameOf } from '../support/kustomize.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const LONGEST_SECONDS = 300;
const ROLE = 'eks.amazonaws.com/role-arn';

/**
 * ExternalSecrets that look again only after a long time: pods that came before the secret's value would wait for it.
 * And stores that read with the rights of External Secrets itself, which are the same in every namespace.
 */
export function externalSecretProblems(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const { kind, spec } = manifest;
    if (kind === 'ExternalSecret' && !isOften(spec.refreshInterval))
      return [`${nameOf(manifest)}: looks for a new value only after ${spec.refreshInterval}`];
    if (kind === 'SecretStore' && !hasRole(manifest, manifests))
      return [`${nameOf(manifest)}: no role of its own namespace`];
    return [];
  });
}

function isOften(interval: unknown): boolean {
  const [, number, unit = ''] = /^(\d+)([smh])$/.exec(String(interval)) ?? [];
  return Number(number) * (SECONDS[unit] ?? NaN) <= LONGEST_SECONDS;
}

function hasRole({ metadata, spec }: Manifest, manifests: readonly Manifest[]): boolean {
  const name: unknown = spec.provider.aws.auth?.jwt?.serviceAccountRef?.name;
  return manifests.some(
    (one) =>
      one.kind === 'ServiceAccount' &&
      one.metadata.name === name &&
      one.metadata.namespace === metadata.namespace &&
      one.metadata.annotations?.[ROLE] !== undefined,
  );
}
