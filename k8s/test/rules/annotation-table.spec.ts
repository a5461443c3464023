import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { read } from '../support/kustomize.ts';
import { annotation, CONTROLLER_ANNOTATIONS } from './annotation-table.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const [header = '', ...listed] = read('test/controller/annotations.txt').trim().split('\n');
/** Read by the controller, and replaced by others: no new manifest should have them (docs/guide). */
const DEPRECATED = [
  'alb.ingress.kubernetes.io/web-acl-id',
  'service.beta.kubernetes.io/aws-load-balancer-access-log-enabled',
  'service.beta.kubernetes.io/aws-load-balancer-access-log-s3-bucket-name',
  'service.beta.kubernetes.io/aws-load-balancer-access-log-s3-bucket-prefix',
  'service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled',
  'service.beta.kubernetes.io/aws-load-balancer-internal',
];
/** The list has the part of these that stands before a name or a port. */
const OPEN_ENDED = {
  'alb.ingress.kubernetes.io/listener-attributes': '.HTTPS-443',
  'alb.ingress.kubernetes.io/target-control-port': '.app.80',
  'service.beta.kubernetes.io/aws-load-balancer-listener-attributes': '.TCP-80',
};

/** The version of the controller that infra installs: `v` and three numbers. */
function installedVersion(): string {
  const text = readFileSync(join(ROOT, 'infra/lib/versions.ts'), 'utf8');
  const [, name = ''] = /'aws-load-balancer-controller': AlbControllerVersion\.(\w+)/.exec(text)!;
  return name.toLowerCase().replaceAll('_', '.');
}

describe('the annotations of the AWS Load Balancer Controller', () => {
  it('are listed for the version that infra installs', () => {
    expect(header).toContain(`aws-load-balancer-controller ${installedVersion()},`);
  });

  it('belong to the version whose CRDs docs/learn applies', () => {
    const text = readFileSync(join(ROOT, 'docs/learn/aws-gateway-api.md'), 'utf8');
    expect(text).toContain(`/aws-load-balancer-controller/${installedVersion()}/config/crd/`);
  });

  it('are those that its source reads, without the deprecated ones', () => {
    const expected = listed.filter((key) => !DEPRECATED.includes(key) && !(key in OPEN_ENDED));
    expect([...CONTROLLER_ANNOTATIONS].sort()).toEqual(expected.sort());
  });

  it.each(Object.entries(OPEN_ENDED))('include %s with a name or a port', (key, end) => {
    expect(listed).toContain(key);
    expect(annotation(`${key}${end}`)).toBeDefined();
    expect(annotation(key)).toBeUndefined();
  });
});
