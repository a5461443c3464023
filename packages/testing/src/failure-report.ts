/** A test environment that writes reports (reporting-environment.js) sets this; in others nothing is kept. */
declare global {
  var describedOnFailure: Map<string, () => Promise<string>> | undefined;
}

/**
 * Adds a part of the running system to what is written when a test of this file fails.
 *
 * @param part heading of its description
 * @param describe returns its state and its last log lines
 * @returns ends it, for a part that has been stopped
 */
export function describeOnFailure(part: string, describe: () => Promise<string>): () => void {
  const parts = globalThis.describedOnFailure;
  parts?.set(part, describe);
  return () => {
    parts?.delete(part);
  };
}
