#!/usr/bin/env bash
# install-kubectl.sh: installs kubectl of the cluster's version, unless there is one.
set -euo pipefail
version=v1.36.3
command -v kubectl >/dev/null && exit 0
architecture=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
url=https://dl.k8s.io/release/$version/bin/linux/$architecture/kubectl
cd "$(mktemp -d)"
curl --fail --silent --show-error --location --remote-name "$url"
echo "$(curl --fail --silent --show-error --location "$url.sha256")  kubectl" | sha256sum --check --quiet
install kubectl /usr/local/bin/kubectl
