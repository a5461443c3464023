#!/usr/bin/env bash
# deploy.sh: applies the overlay, waits for migration and rollout, and tries it out as a client does. If anything
# fails it says what and why, goes back to the version before, and ends with an error.
set -euo pipefail
shopt -s inherit_errexit
: "${OVERLAY:?}" "${NAMESPACE:?}" "${HOST:?}" "${COMMIT:?}"
# Seconds. A resolver that was asked too early remembers for 900 s that a name of Route 53 does not exist (the SOA record):
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
: "${ADDRESS_LIMIT:=300}" "${NAME_LIMIT:=1000}"
cd "$(dirname "$0")/.."
deployments=(usermgmt-microservice notification-microservice)
declare -A before
step='look at what runs'

in_namespace() { kubectl --namespace "$NAMESPACE" "$@"; }
revision() {
  in_namespace get deployment "$1" --ignore-not-found \
    --output 'jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}'
}
begin() { step=$1; printf '\n== %s\n' "$step"; }
# A load balancer needs a moment for new pods: asks for up to a minute, also after a 5xx.
patiently() { curl --silent --show-error --max-time 10 --retry 12 --retry-delay 5 --retry-all-errors "$@"; }

# Each load balancer of the namespace and its address, one a line; without an address the line ends with the space.
load_balancers() {
  local address='{.status.loadBalancer.ingress[*].hostname}{.status.loadBalancer.ingress[*].ip}{"\n"}{end}'
  in_namespace get ingresses --output "jsonpath={range .items[*]}ingress/{.metadata.name} $address"
  in_namespace get services \
    --output "jsonpath={range .items[?(@.spec.type==\"LoadBalancer\")]}service/{.metadata.name} $address"
  # Not every cluster knows this kind.
  in_namespace get gateways 2>/dev/null \
    --output 'jsonpath={range .items[*]}gateway/{.metadata.name} {.status.addresses[*].value}{"\n"}{end}' || true
}
without_address() { load_balancers | sed -n 's/ $/ has no address/p'; }
without_name() {
  local code=0
  curl --silent --head --max-time 10 "https://$HOST/" >/dev/null || code=$?
  # "Could not resolve host"; any other failure is for the requests that follow.
  [[ $code != 6 ]] || echo "the name $HOST does not resolve"
}
# wait_until_nothing LIMIT COMMAND: asks the command every 5 s what is missing, says so when it changes and each minute,
# and ends with an error after LIMIT seconds.
wait_until_nothing() {
  local missing said='' waited
  for ((waited = 0; ; waited += 5)); do
    missing=$("$2")
    missing=${missing//$'\n'/, }
    [[ -n $missing ]] || return 0
    ((waited < $1)) || { echo "after $1 s: $missing"; return 1; }
    [[ $missing == "$said" && $((waited % 60)) != 0 ]] || echo "$missing: waiting"
    said=$missing
    sleep 5
  done
}

take_back() {
  local status=$? deployment now
  [[ $status == 0 ]] && return
  trap - EXIT
  set +e
  printf '\n!!! FAILED: %s (exit code %s)\n' "$step" "$status"
  in_namespace get pods
  in_namespace get events --field-selector type=Warning --sort-by .lastTimestamp | tail -n 15
  for deployment in "${deployments[@]}"; do
    now=$(revision "$deployment")
    if [[ -z ${before[$deployment]:-} ]]; then
      echo "$deployment was not there before: there is no version to go back to"
    elif [[ $now != "${before[$deployment]}" ]]; then
      in_namespace rollout undo "deployment/$deployment" --to-revision "${before[$deployment]}"
      # Ends at the Deployment's progressDeadlineSeconds if no pod becomes ready; a limit would depend on their number.
      in_namespace rollout status "deployment/$deployment" &&
        echo "$deployment: the version before is back"
    fi
  done
  echo "!!! FAILED: $step"
  exit "$status"
}
trap take_back EXIT

for deployment in "${deployments[@]}"; do before[$deployment]=$(revision "$deployment"); done
addresses_before=$(load_balancers)

begin "apply $OVERLAY, run the migration, wait for the rollout"
npm run --silent k8s -- apply "$OVERLAY"

begin "wait for the load balancer and the name $HOST"
# A new ALB takes 2 to 3 minutes, and only then has it targets and a name.
wait_until_nothing "$ADDRESS_LIMIT" without_address
if [[ $(load_balancers) != "$addresses_before" ]]; then
  echo 'a new load balancer: waiting 90 s for ExternalDNS and Route 53, so that no resolver is asked too early'
  sleep 90
fi
wait_until_nothing "$NAME_LIMIT" without_name

# Whoever has no token is told so where tokens are wanted; behind either answer is a service that works.
begin "ask https://$HOST/usermgmt/users"
patiently --fail "https://$HOST/usermgmt/health/ready" >/dev/null
# Not --output /dev/null: curl 7.88 cannot try again with it, "Failed to truncate file".
status=$(patiently --write-out '\n%{http_code}' "https://$HOST/usermgmt/users" | tail -n 1)
[[ $status == 200 || $status == 401 ]] || { echo "it answered $status"; exit 1; }

begin "ask whether ${COMMIT:0:7} answers"
# The pods that were replaced serve on until the load balancer has heard of it: asks for up to a minute.
for attempt in {1..12}; do
  answer=$(patiently --fail "https://$HOST/usermgmt/hello-bean")
  [[ $answer == *"\"appversion\":\"${COMMIT:0:7}\""* ]] && break
  [[ $attempt != 12 ]] || { echo "it answered $answer"; exit 1; }
  sleep 5
done

printf '\n%s is deployed to %s: %s\n' "${COMMIT:0:7}" "$NAMESPACE" "$answer"
