#!/usr/bin/env bash
# curl for the chapters of docs/learn: no DNS that this machine asks has the names of the load balancers, and a CA of the
# emulated AWS has signed their certificates.
set -euo pipefail
PATH=${PATH#*:}
address_of() { "$TEST_LB_CONTROLLER" resolve "$1"; }

args=(--cacert "$("$TEST_LB_CONTROLLER" ca)")
if [[ " $* " == *' --connect-to '* ]]; then
  for arg; do
    if [[ $arg =~ ^[^/]+:([^:/]+\.elb\.amazonaws\.com): ]]; then arg=${arg/"${BASH_REMATCH[1]}"/$(address_of "${BASH_REMATCH[1]}")}; fi
    args+=("$arg")
  done
else
  [[ $* =~ ://([^/: ]+) ]]
  args+=(--connect-to "${BASH_REMATCH[1]}::$(address_of "${BASH_REMATCH[1]}"):" "$@")
fi
exec curl "${args[@]}"
