import { afterAll, describe, expect, it } from '@jest/globals';
import { alone, named } from './support/combinations.ts';
import { foldersIn, hasKubectl, Kustomize } from './support/kustomize.ts';
import { problemsIn } from './support/problems.ts';

(hasKubectl ? describe : describe.skip)('the rules hold for', () => {
  const kustomize = new Kustomize();
  afterAll(() => {
    kustomize.remove();
  });

  it.each(foldersIn('overlays'))('the overlay %s', (overlay) => {
    expect(problemsIn(kustomize.build(`overlays/${overlay}`))).toEqual([]);
  });

  it.each(alone())('the component %s alone on the base', (name, combination) => {
    expect(problemsIn(kustomize.combine(`alone-${name}`, combination))).toEqual([]);
  });

  it.each(named())('%s', (name, combination) => {
    expect(problemsIn(kustomize.combine(name.replaceAll(/[^a-z0-9]+/gi, '-'), combination))).toEqual([]);
  });
});
