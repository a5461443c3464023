import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Acceptance } from './support/acceptance.ts';
import { hasCluster } from './support/cluster.ts';
import { alone, aloneUnlessIn, type Build, complete, named, overlays } from './support/combinations.ts';
import { hasKubectl, Kustomize } from './support/kustomize.ts';
import { problemsIn } from './support/problems.ts';

/** Every overlay, what people may want beside, and every component: in the long form each alone on the base. */
const builds: readonly Build[] = [
  ...overlays(),
  ...(process.env.TEST_LONG === '1' ? alone() : aloneUnlessIn(named())),
  ...named(),
];
const kustomize = new Kustomize();

afterAll(() => {
  kustomize.remove();
});

(hasKubectl ? describe : describe.skip)('the rules hold for', () => {
  it.each(builds)('$name', (build) => {
    expect(problemsIn(kustomize.make(build))).toEqual([]);
  });

  it.each([
    ['one Ingress', ['alb']],
    ['paths to both services', ['alb', 'alb-context-paths']],
  ])(
    'a change from instance to ip targets, which leaves the Services as they are (%s)',
    (name, components) => {
      const servicesOf = (wanted: readonly string[]): unknown =>
        kustomize
          .make({ name: `${name}: ${wanted.at(-1)}`, combination: complete(wanted) })
          .filter(({ kind }) => kind === 'Service')
          .map(({ metadata, spec }) => [metadata.name, spec.type, spec.ports]);
      expect(servicesOf([...components, 'alb-target-ip'])).toEqual(servicesOf(components));
    },
  );
});

(hasKubectl && hasCluster ? describe : describe.skip)('the API server accepts', () => {
  const acceptance = new Acceptance();
  beforeAll(() => {
    acceptance.prepare();
  }, 60_000);
  afterAll(() => {
    acceptance.remove();
  });

  it.each(builds)('$name', (build) => {
    expect(acceptance.ask(kustomize.make(build))).toEqual({ warnings: [], missing: 0 });
  });

  it.each(['alb-ssl', 'gateway-api'])(
    'a namespace around %s, with what belongs to the cluster',
    (overlay) => {
      const objects = kustomize.around(overlay, { namespace: 'team-a' });
      expect(acceptance.ask(objects)).toEqual({ warnings: [], missing: 0 });
    },
  );
});
