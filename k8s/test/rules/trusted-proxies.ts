import { EXAMPLE_SETTINGS } from '../support/example-settings.ts';
import { type Manifest, nameOf } from '../support/kustomize.ts';
import { hasIpTargets } from './readiness-gates.ts';

/**
 * Services that believe a client address from any pod of the VPC, although their load balancer sends to pods directly:
 * then its own subnets are enough. With instance targets the requests arrive from the nodes.
 */
export function trustedProxyProblems(manifests: readonly Manifest[]): string[] {
  return manifests
    .filter(({ kind, data }) => kind === 'ConfigMap' && data?.TRUSTED_PROXIES === EXAMPLE_SETTINGS.VPC_CIDR)
    .filter(({ metadata: { namespace } }) =>
      manifests.some((one) => one.metadata.namespace === namespace && hasIpTargets(one)),
    )
    .map((config) => `${nameOf(config)}: trusts every pod of the VPC`);
}
