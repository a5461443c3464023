import { annotationProblems } from '../rules/annotations.ts';
import { databaseUserProblems } from '../rules/database-user.ts';
import { externalSecretProblems } from '../rules/external-secrets.ts';
import { gatewayProblems } from '../rules/gateway.ts';
import { ingressProblems } from '../rules/ingress.ts';
import { networkProblems } from '../rules/network.ts';
import { nlbProblems } from '../rules/nlb.ts';
import { podProblems } from '../rules/pods.ts';
import { readinessGateProblems } from '../rules/readiness-gates.ts';
import { referenceProblems } from '../rules/references.ts';
import { settingProblems } from '../rules/settings.ts';
import { trustedProxyProblems } from '../rules/trusted-proxies.ts';
import type { Manifest } from './kustomize.ts';

/** All that the rules find in what was built. */
export const problemsIn = (manifests: readonly Manifest[]): string[] =>
  [
    annotationProblems,
    ingressProblems,
    nlbProblems,
    gatewayProblems,
    readinessGateProblems,
    externalSecretProblems,
    databaseUserProblems,
    podProblems,
    referenceProblems,
    networkProblems,
    settingProblems,
    trustedProxyProblems,
  ].flatMap((rule) => rule(manifests));
