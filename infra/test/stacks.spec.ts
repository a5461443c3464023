import { expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import production from '../config/production.ts';
import { makeApp } from '../lib/app.ts';
import { parseConfig } from '../lib/config/config.ts';
import { STACKS } from '../lib/stacks.ts';

it('each stack depends only on stacks that are deployed before it', () => {
  const app = makeApp(parseConfig(production), { withAssets: false, withNag: false });
  app.synth();
  const stacks = app.node.children.filter((child) => child instanceof Stack);
  expect(stacks.map(({ node }) => node.id).sort()).toEqual([...STACKS].sort());
  const order = (id: string) => STACKS.findIndex((name) => name === id);
  for (const { node, dependencies } of stacks) {
    for (const { node: needed } of dependencies) expect(order(needed.id)).toBeLessThan(order(node.id));
  }
});
