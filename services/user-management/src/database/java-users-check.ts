import type { QueryRunner } from 'typeorm';

/** How many rows or groups of rows are listed. */
export const MOST_TOLD = 50;
const LONGEST_NAME = 60;

const TEXT_TYPES = ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum'];
const NUMBER_TYPES = ['bit', 'tinyint', 'smallint', 'mediumint', 'int', 'bigint'];

/** The columns of the original, and how many characters the new table has for them. */
const TEXTS = { username: 20, password: 255, email: 255, firstname: 20, lastname: 20, role: 255 } as const;
const COLUMNS = [...Object.keys(TEXTS), 'enabled'];

/** What is wrong with a row: a condition in SQL, and how it is told. */
const ROW_RULES: readonly (readonly [condition: string, problem: string])[] = [
  ...COLUMNS.map((column) => [`${column} IS NULL`, `${column} is NULL`] as const),
  ...Object.entries(TEXTS).map(
    ([column, most]) =>
      [`CHAR_LENGTH(${column}) > ${most}`, `${column} has more than ${most} characters`] as const,
  ),
  ['CHAR_LENGTH(username) = 0', 'username is empty'],
  ['enabled + 0 NOT IN (0, 1)', 'enabled is neither 0 nor 1'],
];

/**
 * Says what keeps the table `users` from being adopted as a whole: another
 * kind of table, missing columns, or something that would be lost.
 */
export async function tableProblems(runner: QueryRunner): Promise<string[]> {
  const names = async (sql: string): Promise<string[]> =>
    ((await runner.query(sql)) as { name: string }[]).map(({ name }) => name);
  const columns = (await runner.query(
    `SELECT LOWER(COLUMN_NAME) AS name, DATA_TYPE AS type FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users' ORDER BY ORDINAL_POSITION`,
  )) as { name: string; type: string }[];
  const views = await names(
    `SELECT TABLE_NAME AS name FROM information_schema.VIEWS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users'`,
  );
  const references = await names(
    `SELECT DISTINCT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) AS name FROM information_schema.KEY_COLUMN_USAGE
     WHERE REFERENCED_TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME = 'users'`,
  );
  const triggers = await names(
    `SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS
     WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = 'users'`,
  );
  const inTheWay = await names(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users_java'`,
  );
  const typeOf = (column: string): string | undefined => columns.find(({ name }) => name === column)?.type;
  const wrongType = (column: string, types: readonly string[], wanted: string): string[] => {
    const type = typeOf(column);
    return type === undefined || types.includes(type) ? [] : [`column ${column} is ${type}, not ${wanted}`];
  };
  return [
    ...views.map(() => 'it is a view'),
    ...COLUMNS.filter((column) => typeOf(column) === undefined).map((column) => `it has no column ${column}`),
    ...Object.keys(TEXTS).flatMap((column) => wrongType(column, TEXT_TYPES, 'text')),
    ...wrongType('enabled', NUMBER_TYPES, 'bit or a whole number'),
    ...columns
      .filter(({ name }) => !COLUMNS.includes(name))
      .map(({ name }) => `its column ${name} would be lost: drop it, or keep it in another table`),
    ...references.map((table) => `a foreign key of ${table} points to it: drop the key`),
    ...triggers.map((name) => `its trigger ${name} would be lost: drop it`),
    ...inTheWay.map((name) => `a table ${name} is in the way: drop it, or give it another name`),
  ];
}

/** Lists the rows that the new table can't hold: each by its name, with all that is wrong with it. */
export async function rowProblems(runner: QueryRunner): Promise<string[]> {
  const told = ROW_RULES.map(([condition, problem]) => `IF(${condition}, '${problem}', NULL)`).join(', ');
  const rows = (await runner.query(
    `SELECT username AS name, CONCAT_WS(', ', ${told}) AS problems FROM users
     WHERE ${ROW_RULES.map(([condition]) => condition).join(' OR ')}
     ORDER BY username LIMIT ${MOST_TOLD + 1}`,
  )) as { name: string | null; problems: string }[];
  const twice = (await runner.query(
    `SELECT MIN(username) AS name, COUNT(*) AS count FROM users WHERE username IS NOT NULL
     GROUP BY username HAVING COUNT(*) > 1 ORDER BY name LIMIT ${MOST_TOLD + 1}`,
  )) as { name: string; count: number }[];
  const lines = [
    ...rows.map(({ name, problems }) => `${quoted(name)}: ${problems}`),
    ...twice.map(({ name, count }) => `${quoted(name)}: ${count} rows have this username`),
  ];
  return lines.length > MOST_TOLD ? [...lines.slice(0, MOST_TOLD), 'and more than these'] : lines;
}

function quoted(name: string | null): string {
  if (name === null) return 'a row without a name';
  return JSON.stringify(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);
}
