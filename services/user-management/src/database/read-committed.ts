import { createPool, type Pool, type PoolConnection, type PoolOptions } from 'mysql2';

/**
 * A pool whose connections are all READ COMMITTED, which takes no gap locks,
 * so that the relay's claim never blocks an insert. To say so at the begin of
 * each transaction would take another statement.
 */
export function readCommittedPool(options: PoolOptions): Pool {
  const pool = createPool(options);
  pool.on('connection', (connection: PoolConnection) => {
    connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', (error) => {
      if (error) connection.destroy();
    });
  });
  return pool;
}
