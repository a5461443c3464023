#!/usr/bin/env bash
# install-kubectl.sh: installs kubectl of the cluster's version, unless there is one.
#
# The checksums stand here: with the binary at its source, the checksum beside it could be exchanged as well. They are those
# of https://dl.k8s.io/release/VERSION/bin/linux/ARCHITECTURE/kubectl.sha256; change them with the version.
set -euo pipefail
command -v kubectl >/dev/null && exit 0
version=v1.36.3
case $(uname -m) in
  x86_64) architecture=amd64 checksum=ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336 ;;
  aarch64) architecture=arm64 checksum=3d86f24401c41ae5a46ac50eef8865fe891d3647d324a0836f6c63757a126e62 ;;
  *) echo "no checksum of kubectl for $(uname -m)" >&2; exit 1 ;;
esac
cd "$(mktemp -d)"
curl --fail --silent --show-error --location --remote-name \
  "https://dl.k8s.io/release/$version/bin/linux/$architecture/kubectl"
echo "$checksum  kubectl" | sha256sum --check --quiet
install kubectl /usr/local/bin/kubectl
