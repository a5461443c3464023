#!/usr/bin/env bash
# images.sh build           builds the images of both services, tagged with the commit
# images.sh push FILE       pushes both, and writes them by digest to FILE: USER_MANAGEMENT_IMAGE, NOTIFICATION_IMAGE
#
# A tag never moves. If the commit has been pushed before, what was pushed then stays, and is what FILE names.
set -euo pipefail
: "${REGISTRY:?}" "${COMMIT:?}"
services=(user-management notification)

image() { echo "$REGISTRY/usermgmt/$1:$COMMIT"; }

build() {
  local service
  for service in "${services[@]}"; do
    docker build --quiet --file "services/$service/Dockerfile" --tag "$(image "$service")" \
      --build-arg APP_VERSION="${COMMIT:0:7}" --build-arg GIT_REVISION="$COMMIT" .
    echo "built $(image "$service")"
  done
}

# The digest of a tag in the registry; nothing if it is not there.
digest() { { docker buildx imagetools inspect "$1" 2>/dev/null || true; } | sed -n 's/^Digest: *//p'; }

push() {
  local file=$1 service name found
  mkdir -p "$(dirname "$file")"
  : >"$file.new"
  for service in "${services[@]}"; do
    found=$(digest "$(image "$service")")
    if [[ -n $found ]]; then
      echo "$(image "$service") was pushed before"
    else
      docker push --quiet "$(image "$service")"
      found=$(digest "$(image "$service")")
    fi
    [[ $found == sha256:* ]] || { echo "the registry has no digest for $(image "$service")" >&2; exit 1; }
    name=${service//-/_}
    echo "${name^^}_IMAGE=$REGISTRY/usermgmt/$service@$found" >>"$file.new"
  done
  mv "$file.new" "$file"
  cat "$file"
}

case ${1:-} in
  build) build ;;
  push) push "${2:?a file}" ;;
  *) sed -n 's/^# \{0,1\}//p' "$0" | sed 1d; exit 2 ;;
esac
