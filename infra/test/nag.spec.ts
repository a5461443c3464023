import { describe, expect, it } from '@jest/globals';
import { Effect, PolicyStatement, User } from 'aws-cdk-lib/aws-iam';
import { makeApp } from '../lib/app.ts';
import { configurations, loadConfig } from '../lib/config/load-config.ts';

describe('cdk-nag, with the pack AwsSolutions', () => {
  it.each(configurations())('has nothing to say about %s', async (name) => {
    const app = makeApp(await loadConfig(name), { withAssets: false });
    expect(() => app.synth()).not.toThrow();
  });

  it('would say so if it had', async () => {
    const app = makeApp(await loadConfig('minimal'), { withAssets: false });
    const statement = new PolicyStatement({ effect: Effect.ALLOW, actions: ['s3:*'], resources: ['*'] });
    new User(app.node.findChild('registry'), 'Everything').addToPolicy(statement);
    expect(() => app.synth()).toThrow('AwsSolutions-IAM5[Action::s3:*]');
  });
});
