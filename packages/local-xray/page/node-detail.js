/** @import { TraceNode } from '../src/trace-node.ts' */

/**
 * @typedef {object} Known the fields that the schema has checked, as far as they are used here
 * @property {{ sanitized_query?: string }} [sql]
 * @property {{ operation?: string }} [aws]
 * @property {{ request?: { method?: string, url?: string }, response?: { status?: number } }} [http]
 */

/** What a segment or subsegment did, in a few words. @param {TraceNode} node @returns {string} */
export function detailOf(node) {
  const { sql, aws, http } = /** @type {Known} */ (node.fields);
  if (sql?.sanitized_query) return sql.sanitized_query;
  const { method, url } = http?.request ?? {};
  const path = url === undefined ? undefined : (URL.parse(url, 'http://localhost')?.pathname ?? url);
  return [aws?.operation, method, path, http?.response?.status]
    .filter((part) => part !== undefined)
    .join(' ');
}
