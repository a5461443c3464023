import type { Connection, RowDataPacket } from 'mysql2/promise';

/** A row as the Java original stored it. */
export interface JavaUser {
  username: string;
  email: string;
  enabled: boolean;
  firstname: string;
  lastname: string;
  password: string;
  role: string;
}

/** The table that Hibernate made for the original on MySQL, to the letter. */
export const JAVA_TABLE = `
  CREATE TABLE users (
    username varchar(20) NOT NULL,
    email varchar(255) NOT NULL,
    enabled bit(1) NOT NULL,
    firstname varchar(20) NOT NULL,
    lastname varchar(20) NOT NULL,
    password varchar(255) NOT NULL,
    role varchar(255) NOT NULL,
    PRIMARY KEY (username)
  ) ENGINE=MyISAM DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci`;

/** A row like those that the original's API let in. */
export function javaUser(username: string, changes: Partial<JavaUser> = {}): JavaUser {
  const hex = Buffer.from(username).toString('hex');
  return {
    username,
    email: `${hex}@example.com`,
    enabled: hex.length % 4 !== 0,
    firstname: 'Jane',
    lastname: 'Doe',
    password: `$2a$04$${hex.padEnd(53, 'x').slice(-53)}`,
    role: 'ROLE_USER',
    ...changes,
  };
}

/** Makes the original's table and fills it. */
export async function createJavaTable(connection: Connection, users: readonly JavaUser[]): Promise<void> {
  await connection.query(JAVA_TABLE);
  for (let begin = 0; begin < users.length; begin += 1_000) {
    await connection.query(
      'INSERT INTO users (username, email, enabled, firstname, lastname, password, role) VALUES ?',
      [
        users
          .slice(begin, begin + 1_000)
          .map((user) => [
            ...[user.username, user.email, user.enabled ? 1 : 0, user.firstname],
            ...[user.lastname, user.password, user.role],
          ]),
      ],
    );
  }
}

/** Every column of the original's, of every row, in the order of the bytes of the names. */
export async function rowsOf(connection: Connection): Promise<unknown[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT username, email, enabled + 0 AS enabled, firstname, lastname, password, role FROM users
     ORDER BY CAST(username AS BINARY)`,
  );
  return rows;
}

/** All that can be seen of `users`: its definition, its engine and its rows. */
export async function everythingOf(connection: Connection): Promise<unknown> {
  const [[definition]] = await connection.query<RowDataPacket[]>('SHOW CREATE TABLE users');
  const [[checksum]] = await connection.query<RowDataPacket[]>('CHECKSUM TABLE users EXTENDED');
  return { definition, checksum, rows: await rowsOf(connection) };
}

/** The tables of the schema, sorted. */
export async function tablesOf(connection: Connection): Promise<string[]> {
  const [rows] = await connection.query<RowDataPacket[]>('SHOW TABLES');
  return rows.map((row) => String(Object.values(row)[0])).toSorted();
}
