/** Starts one MySQL for the whole run when there is a Docker Engine (TEST_DOCKER=1, which `npm test` sets). */
export default async function setUp() {
  if (process.env.TEST_DOCKER !== '1') return;
  const { startMysql } = await import('./src/mysql.ts');
  const server = await startMysql();
  process.env.TEST_MYSQL_PORT = String(server.port);
  process.env.TEST_MYSQL_PROJECT = server.project;
  globalThis.testMysql = server;
}
