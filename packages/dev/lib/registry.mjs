import { Failure } from './failure.mjs';
import { npm } from './npm.mjs';

const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|EIDLETIMEOUT|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b/;

const PING_MS = 15_000;

/**
 * Asks the package registry for a sign of life, through npm, which knows the proxy. Without this it would be
 * minutes until `npm ci` says that there is no network.
 *
 * @param {AbortSignal} [signal]
 * @returns {Promise<Failure | undefined>} what to say if there is none
 */
export async function findRegistryProblem(signal) {
  const { code, output } = await npm(['ping', '--loglevel=notice', '--fetch-retries=0'], {
    signal,
    timeout: PING_MS,
  });
  // A registry that answers the ping with an error can be reached.
  return code === 0 ? undefined : explainUnreachable(output);
}

/**
 * @param {string} output what npm printed
 * @returns {Failure | undefined} none if the registry is not the reason
 */
export function explainUnreachable(output) {
  const isCutOff = !output.includes('npm error');
  const code = isCutOff ? 'no answer' : UNREACHABLE.exec(output)?.[0];
  if (code === undefined) return undefined;
  const registry = /https?:\/\/[^/\s]+/.exec(output)?.[0] ?? 'of npm';
  return new Failure(
    `the package registry ${registry} cannot be reached (${code}): check the network, or the proxy and registry in npm's configuration, then run this again`,
  );
}
