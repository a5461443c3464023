import type { Manifest } from '../support/kustomize.ts';
import { annotationOf } from './services.ts';

const alb = (ingress: Manifest, name: string): string =>
  annotationOf(ingress, `alb.ingress.kubernetes.io/${name}`) ?? '';

/** Members of one group that do not fit together: one of them can stop all, or vanish without a word. */
export function groupProblems(ingresses: readonly Manifest[]): string[] {
  const groups = Map.groupBy(
    ingresses.filter((ingress) => alb(ingress, 'group.name') !== ''),
    (ingress) => alb(ingress, 'group.name'),
  );
  return [...groups].flatMap(([name, members]) => {
    const problems: string[] = [];
    // Ports must be said by every member: one without its own listens on 80 only, where a redirect drops its rules.
    for (const setting of ['listen-ports', 'scheme', 'load-balancer-name', 'ssl-redirect']) {
      const values = new Set(members.map((ingress) => alb(ingress, setting)));
      if (values.size > 1) problems.push(`members differ in ${setting}`);
    }
    const orders = members.map((ingress) => alb(ingress, 'group.order'));
    if (new Set(orders).size < orders.length || orders.includes('')) {
      problems.push('every member must have a group.order of its own');
    }
    if (members.filter(({ spec }) => spec.defaultBackend).length > 1)
      problems.push('more than one default backend');
    const inOrder = members.toSorted((a, b) => Number(alb(a, 'group.order')) - Number(alb(b, 'group.order')));
    inOrder
      .slice(0, -1)
      .filter(takesEverything)
      .forEach(({ metadata }) => {
        problems.push(`/ of ${metadata.name} shadows the members after it`);
      });
    return problems.map((problem) => `group ${name}: ${problem}`);
  });
}

const takesEverything = ({ spec }: Manifest): boolean =>
  (spec.rules ?? []).some(
    ({ host, http }: Manifest['spec']) =>
      host === undefined &&
      http.paths.some(({ path, pathType }: Manifest['spec']) => path === '/' && pathType === 'Prefix'),
  );
