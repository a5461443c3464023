#!/usr/bin/env bash
# scan-findings.sh: tells what ECR has found in the images that were pushed (scan on push). It reports; who approves
# the deployment decides.
set -euo pipefail
: "${COMMIT:?}"
for service in user-management notification; do
  image=(--repository-name "usermgmt/$service" --image-id "imageTag=$COMMIT")
  if aws ecr wait image-scan-complete "${image[@]}" 2>/dev/null; then
    echo "$service: $(aws ecr describe-image-scan-findings "${image[@]}" \
      --query 'imageScanFindings.findingSeverityCounts' --output json | tr -d '\n')"
  else
    echo "!!! NOT SCANNED: ECR has no findings for $service"
  fi
done
