import { execFile } from 'node:child_process';

const LINES = 20;
const TIMEOUT_MS = 60_000;

/** What a reader of a failure looks for: the objects and their states, the last events, the last lines of every container. */
const SCRIPT = `
kubectl get pods,services,jobs,persistentvolumeclaims --output wide
echo
kubectl get events --sort-by .metadata.creationTimestamp | tail -${LINES}
for pod in $(kubectl get pods --output name); do
  echo
  kubectl logs $pod --all-containers --prefix --tail ${LINES}
  if kubectl get $pod --output jsonpath='{.status.containerStatuses[*].restartCount}' | grep -q '[1-9]'; then
    echo "before the last restart:"
    kubectl logs $pod --all-containers --prefix --tail ${LINES} --previous
  fi
done`;

/**
 * Describes a namespace for the output of a failed test. It never fails: what kubectl cannot say stands in the text.
 *
 * @param env by which kubectl finds the cluster
 */
export function namespaceReport(namespace: string, env: NodeJS.ProcessEnv): Promise<string> {
  const script = SCRIPT.replaceAll('kubectl ', `kubectl --namespace ${namespace} `);
  const options = { env, timeout: TIMEOUT_MS, maxBuffer: 2 ** 24 };
  return new Promise((resolve) => {
    execFile('bash', ['-c', `exec 2>&1${script}`], options, (error, printed) => {
      resolve(`${printed}${error === null ? '' : error.message}`);
    });
  });
}
