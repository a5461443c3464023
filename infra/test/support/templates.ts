import type { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { makeApp } from '../../lib/app.ts';
import { parseConfig, type ConfigInput } from '../../lib/config.ts';

/** An app of a configuration, with some of its values replaced. */
export function appOf(input: ConfigInput, changes: Partial<ConfigInput> = {}): App {
  return makeApp(parseConfig({ ...input, ...changes }));
}

/** The template of one stack of an app. */
export function templateOf(app: App, stack: string): Template {
  return Template.fromStack(app.node.findChild(stack) as Stack);
}
