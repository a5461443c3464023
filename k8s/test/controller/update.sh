#!/usr/bin/env bash
# Writes annotations.txt and crds beside it from the Go module of the AWS Load Balancer Controller. Needs Go.
#   k8s/test/controller/update.sh
# Go does not accept v3.2.2 for a module whose path does not end in /v3, so the version of a commit stands here. The
# release is in the module's version.txt, and annotation-table.spec.ts compares it with infra/lib/versions.ts.
# https://go.dev/ref/mod#major-version-suffixes
set -euo pipefail
readonly MODULE=sigs.k8s.io/aws-load-balancer-controller@v0.0.0-20260423195125-93ff3b5fdaad
here=$(cd "$(dirname "$0")" && pwd)
module=$(cd / && go mod download -json "$MODULE" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')

{
  echo "# aws-load-balancer-controller v$(<"$module/version.txt"), pkg/annotations/constants.go; written by update.sh"
  sed -nE \
    -e 's#^\tIngress(LB)?Suffix\w+ += "([^"]+)".*#alb.ingress.kubernetes.io/\2#p' \
    -e 's#^\tSvcLBSuffix\w+ += "([^"]+)".*#service.beta.kubernetes.io/\1#p' \
    "$module/pkg/annotations/constants.go" | sort
} >"$here/annotations.txt"
install -m 644 "$module"/config/crd/{bases/elbv2.k8s.aws_ingressclassparams,gateway/gateway.k8s.aws_{loadbalancer,targetgroup}configurations}.yaml \
  "$here/crds/"
