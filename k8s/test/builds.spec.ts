import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Acceptance } from './support/acceptance.ts';
import { hasCluster } from './support/cluster.ts';
import { alone, aloneUnlessIn, type Build, named, overlays } from './support/combinations.ts';
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
