/** Rows of the outbox are claimed with SKIP LOCKED, which MySQL has since 8.0. */
const OLDEST_MAJOR_VERSION = 8;

/**
 * Finds out whether a server is too old for the service's SQL, as MySQL 5.6 and 5.7 are.
 *
 * @param version what `SELECT VERSION()` returns, such as `8.4.6` or `5.7.44-log`
 * @returns a sentence for the operator; undefined for a server that is new enough, and for MariaDB, which counts otherwise
 */
export function versionProblem(version: string): string | undefined {
  if (version.includes('MariaDB') || Number.parseInt(version, 10) >= OLDEST_MAJOR_VERSION) return undefined;
  return `MySQL ${version} is too old: this version needs MySQL 8.4 or newer`;
}
