import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import course from '../config/course.ts';
import minimal from '../config/minimal.ts';
import production from '../config/production.ts';
import { templatesOf } from './support/templates.ts';

const OVERLAYS = join(import.meta.dirname, '../../k8s/overlays');
/** What docs/deploy-to-aws.md has in the environment. Those of the pipeline are in deployments.spec.ts. */
const FROM_ENVIRONMENT = ['USER_MANAGEMENT_IMAGE', 'NOTIFICATION_IMAGE', 'AWS_REGION'];

describe('the outputs of the stacks', () => {
  it.each([
    ['production', production],
    ['staging', production],
    ['alb-ssl-external-dns', course],
    ['rds-nodeport', minimal],
    ['fargate', course],
  ])('and the environment fill in the overlay %s', (overlay, config) => {
    const said = new Set([...FROM_ENVIRONMENT, ...Object.values(templatesOf(config)).flatMap(outputsOf)]);
    // The overlay fargate is of the namespace ns-ums.
    expect(
      placeholdersOf(overlay).filter(
        (name) => !said.has(name) && !said.has(`UMS_${name}`) && !said.has(`USERMGMT_${name}`),
      ),
    ).toEqual([]);
  });

  it('keep the keys of staging and production apart', () => {
    const workloads = outputsOf(templatesOf(production).workloads!);
    expect(workloads.filter((name) => name.endsWith('SIGNING_KEY_SECRET_ARN'))).toEqual([
      'USERMGMT_STAGING_SIGNING_KEY_SECRET_ARN',
      'USERMGMT_SIGNING_KEY_SECRET_ARN',
    ]);
  });

  it('are of use: each has the name of a setting', () => {
    const settings = new Set(readdirSync(OVERLAYS).flatMap(namesOf).map(withoutPrefix));
    const outputs = ['network', 'dns', 'mail', 'data', 'workloads'].flatMap((stack) =>
      outputsOf(templatesOf(course)[stack]!),
    );
    expect(outputs.filter((name) => !settings.has(withoutPrefix(name)) && !name.includes('XRAY'))).toEqual(
      [],
    );
  });
});

/** @returns by the names that settings have; the CDK's own exports are none */
function outputsOf(template: Template): string[] {
  return Object.keys(template.findOutputs('*'))
    .filter((key) => !key.startsWith('ExportsOutput'))
    .map((key) => key.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase());
}

function namesOf(overlay: string): string[] {
  return linesOf(overlay).map(([name]) => name);
}

function placeholdersOf(overlay: string): string[] {
  return linesOf(overlay)
    .filter(([, value]) => /<[^<>]*>/.test(value))
    .map(([name]) => name);
}

function linesOf(overlay: string): [string, string][] {
  const text = readFileSync(join(OVERLAYS, overlay, 'settings.env'), 'utf8');
  return [...text.matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
}

/** What belongs to a namespace has its prefix in the outputs, and in the settings of an overlay with several. */
function withoutPrefix(name: string): string {
  return name.replace(/^(USERMGMT|UMS|APP1|APP2)_(?=.*_ROLE_ARN$|DB_)/, '');
}
