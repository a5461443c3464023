import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kubectl } from '../support/cluster.ts';
import { Kustomize, type Manifest } from '../support/kustomize.ts';
import { cases, LABEL, objectsOf, stateOf } from './support/cases.ts';
import { balancers, deleteClasses, events, hasController, settle } from './support/controller.ts';

const FOLDER = fileURLToPath(new URL('states/', import.meta.url));
const isUpdate = process.env.UPDATE_LOAD_BALANCERS === '1';
/** Shared by all cases, and created before them: a webhook refuses an Ingress without its class. */
const CLUSTER_KINDS = ['IngressClassParams', 'IngressClass', 'GatewayClass'];
const SETTLE_SECONDS = 90;

const all = cases();

describe('the states', () => {
  it('exist for every overlay, component and combination with a load balancer, and for nothing else', () => {
    const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.endsWith('.txt')).sort()).toEqual(
      all.map(({ name }) => `${name}.txt`).sort(),
    );
  });
});

(hasController ? describe : describe.skip)('the AWS Load Balancer Controller', () => {
  let classes: Manifest[];
  let namespaced: Manifest[];
  let made: string[];

  beforeAll(() => {
    const kustomize = new Kustomize();
    const objects = all.flatMap((one) => objectsOf(one, kustomize));
    kustomize.remove();
    classes = objects.filter(({ kind }) => CLUSTER_KINDS.includes(kind));
    namespaced = objects.filter(({ kind }) => !CLUSTER_KINDS.includes(kind));
    // An interrupted run may have left namespaces.
    kubectl(['delete', 'namespaces', '--selector', LABEL]);
    kubectl(['apply', '-f', '-'], listOf(classes));
    kubectl(['apply', '-f', '-'], listOf(namespaced));
    settle(SETTLE_SECONDS);
    made = balancers();
  }, 300_000);
  afterAll(() => {
    kubectl(['delete', 'namespaces', '--wait=false', '--selector', LABEL]);
    deleteClasses();
  });

  it('has the same class in all cases', () => {
    const texts = classes.map(({ kind, spec }) => `${kind} ${JSON.stringify(spec)}`);
    expect(new Set(texts).size).toBe(CLUSTER_KINDS.length);
  });

  it.each(all)('makes what is in $name.txt', (one) => {
    const file = join(FOLDER, `${one.name}.txt`);
    const state = stateOf(one, made);
    if (isUpdate) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, state);
    }
    expect(state).toBe(readFileSync(file, 'utf8'));
  });

  it('makes nothing else', () => {
    const own = all.map(({ prefix }) => ` of ${prefix}`);
    expect(made.filter((text) => !own.some((of) => text.split('\n', 1)[0]?.includes(of)))).toEqual([]);
  });

  it('reports nothing but success', () => {
    const lines = events().filter((line) => all.some(({ prefix }) => line.startsWith(prefix)));
    expect(lines.length).toBeGreaterThanOrEqual(all.length);
    expect(lines.filter((line) => !line.includes('  SuccessfullyReconciled: '))).toEqual([]);
  });

  it('leaves no load balancer when the objects are deleted', () => {
    const reversed = namespaced.filter(({ kind }) => kind !== 'Namespace').toReversed();
    kubectl(['delete', '--wait=false', '-f', '-'], listOf(reversed));
    settle(SETTLE_SECONDS);
    expect(balancers()).toEqual([]);
  }, 180_000);
});

const listOf = (items: readonly Manifest[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
