#!/usr/bin/env bash
# sbom.sh FOLDER: writes what each image holds as CycloneDX, one file a service. Taken from the image itself: its
# list of installed packages, and Node's version.
set -euo pipefail
: "${REGISTRY:?}" "${COMMIT:?}"
folder=${1:?a folder}
here=$(dirname "$0")
mkdir -p "$folder"
for service in user-management notification; do
  image=$REGISTRY/usermgmt/$service:$COMMIT
  container=$(docker create "$image")
  lock=$(docker cp --quiet "$container:/app/node_modules/.package-lock.json" - | tar --extract --to-stdout)
  docker rm "$container" >/dev/null
  node=$(docker run --rm --network none "$image" node --version)
  node "$here/sbom.mjs" "$service" "$COMMIT" "$node" <<<"$lock" >"$folder/$service.cdx.json"
  echo "wrote $folder/$service.cdx.json"
done
