import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EXAMPLE_SETTINGS } from '../../../k8s/test/support/example-settings.ts';
import { foldersIn, hasKubectl, Kustomize, type Manifest } from '../../../k8s/test/support/kustomize.ts';
import { configurations, loadConfig } from '../../lib/config/load-config.ts';
import { outputName } from '../../lib/output-name.ts';
import { describeWithAws, RecordedAws } from '../support/rights/recorded-aws.ts';
import { SynthesizedAccount } from '../support/rights/synthesized-account.ts';
import { unusedRights } from '../support/rights/unused-rights.ts';

const MINUTE = 60_000;
/** Namespaces of the overlay `mixed`, which takes passwords from the environment instead. */
const BY_HAND = ['ns-app1', 'ns-app2'];
const namespaces = (await Promise.all(configurations().map(loadConfig))).flatMap((config) =>
  config.cluster.namespaces.map((namespace) => ({ config, name: config.name, namespace: namespace.name })),
);

/**
 * External Secrets itself needs a cluster. What it calls follows from its objects: GetSecretValue for each
 * `data[].remoteRef`. https://external-secrets.io/latest/provider/aws-secrets-manager/
 */
describeWithAws('External Secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-rights-'));
  let aws: RecordedAws;
  let overlays: Manifest[][];

  beforeAll(async () => {
    aws = await RecordedAws.start(folder);
    const kustomize = new Kustomize();
    overlays = hasKubectl
      ? foldersIn('overlays').map((name) => kustomize.make({ name: `overlays/${name}` }))
      : [];
    kustomize.remove();
  }, 2 * MINUTE);

  afterAll(async () => {
    await aws.stop();
    rmSync(folder, { recursive: true });
  });

  (hasKubectl ? it : it.skip).each(namespaces)(
    'reads what the overlays want in $namespace of $name with the role of that namespace, and the role may nothing else',
    async ({ config, namespace }) => {
      const account = new SynthesizedAccount(config);
      const role = account.podRole(namespace, 'secret-reader');
      for (const secrets of overlays.map((manifests) => secretsOf(manifests, account, namespace)))
        // An overlay that wants a secret which the configuration does not have is none of its overlays.
        if (secrets.every((arn) => arn !== undefined))
          for (const SecretId of secrets)
            await aws.call(role, 'secretsmanager', 'GetSecretValue', { SecretId });
      expect(aws.unknown).toEqual([]);
      expect(aws.denied(role)).toEqual([]);
      if (!BY_HAND.includes(namespace)) expect(unusedRights(role, aws.of(role))).toEqual([]);
    },
  );
});

/** The ARNs of the secrets that an overlay wants in a namespace; undefined for those that no stack puts out. */
function secretsOf(
  manifests: Manifest[],
  account: SynthesizedAccount,
  namespace: string,
): (string | undefined)[] {
  const outputs = { ...account.outputs('data'), ...account.outputs('workloads') };
  const byExample = new Map([
    [EXAMPLE_SETTINGS.DB_ADMIN_SECRET_ARN, outputs.DbAdminSecretArn],
    [EXAMPLE_SETTINGS.DB_SECRET_ARN, outputs[outputName(namespace, 'db-secret-arn')]],
    [EXAMPLE_SETTINGS.SIGNING_KEY_SECRET_ARN, outputs[outputName(namespace, 'signing-key-secret-arn')]],
  ]);
  return manifests
    .filter(({ kind, metadata }) => kind === 'ExternalSecret' && metadata.namespace === namespace)
    .flatMap(({ metadata, spec }) => {
      if (spec.dataFrom) throw new Error(`${metadata.name}: it is not known what dataFrom calls`);
      return (spec.data as { remoteRef: { key: string; metadataPolicy?: string } }[]).map(({ remoteRef }) => {
        if (remoteRef.metadataPolicy)
          throw new Error(`${metadata.name}: metadataPolicy calls DescribeSecret`);
        return byExample.get(remoteRef.key);
      });
    });
}
