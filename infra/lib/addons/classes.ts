import { readFileSync } from 'node:fs';
import { KubernetesManifest, type ICluster } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { load } from 'js-yaml';

const COMPONENTS = new URL('../../../k8s/components/', import.meta.url);
const FILES = [
  'ingress-class/ingress-class-params.yaml',
  'ingress-class/ingress-class.yaml',
  'storage-class/storage-class.yaml',
];

/**
 * The classes that the overlays name: of the cluster as a whole, so that a deployment to one namespace needs no right
 * to make or change any (lib/deployer-rights.ts).
 */
export function classes(scope: Construct, cluster: ICluster): KubernetesManifest {
  const manifest = FILES.map(
    (file) => load(readFileSync(new URL(file, COMPONENTS), 'utf8')) as Record<string, unknown>,
  );
  return new KubernetesManifest(scope, 'Classes', { cluster, manifest });
}
