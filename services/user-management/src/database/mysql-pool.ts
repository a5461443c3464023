import type { Pool } from 'mysql2';
import type { DataSource } from 'typeorm';

/** What mysql2's pool counts; it has no public way to ask. */
interface Counts {
  _allConnections: { length: number };
  _freeConnections: { length: number };
  _connectionQueue: { length: number };
}

/** The pool of TypeORM's driver; undefined until it is connected, and on SQLite. */
export function poolOf(dataSource: DataSource): Pool | undefined {
  return dataSource.isInitialized ? (dataSource.driver as unknown as { pool?: Pool }).pool : undefined;
}

/** How many connections work, how many are idle, and how many requests wait for one; all 0 without a pool. */
export function usageOf(pool: Pool | undefined): { used: number; idle: number; waiting: number } {
  const counts = pool as unknown as Counts | undefined;
  const idle = counts?._freeConnections.length ?? 0;
  return {
    used: (counts?._allConnections.length ?? 0) - idle,
    idle,
    waiting: counts?._connectionQueue.length ?? 0,
  };
}
