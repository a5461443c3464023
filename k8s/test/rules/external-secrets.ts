import { type Manifest, nameOf } from '../support/kustomize.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const LONGEST_SECONDS = 300;

/** ExternalSecrets that look again only after a long time: pods that came before the secret's value would wait for it. */
export function externalSecretProblems(manifests: readonly Manifest[]): string[] {
  return manifests
    .filter(({ kind }) => kind === 'ExternalSecret')
    .filter(({ spec }) => {
      const [, number, unit = ''] = /^(\d+)([smh])$/.exec(String(spec.refreshInterval)) ?? [];
      return !(Number(number) * (SECONDS[unit] ?? NaN) <= LONGEST_SECONDS);
    })
    .map((secret) => `${nameOf(secret)}: looks for a new value only after ${secret.spec.refreshInterval}`);
}
