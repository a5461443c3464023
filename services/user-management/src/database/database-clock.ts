/** TIMESTAMPDIFF and UTC_TIMESTAMP, not UNIX_TIMESTAMP(NOW()): that one depends on the time zone of the session. */
const MYSQL = "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)";
const SQLITE = "CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER)";

/**
 * An SQL expression for the current time, in ms since 1970, by the database's
 * clock. For times that several processes compare: their own clocks differ.
 */
export function databaseClock(isMysql: boolean): string {
  return isMysql ? MYSQL : SQLITE;
}
