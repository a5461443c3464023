import { JAVA_TABLE } from './support/java-users.js';
import { describeOnMysql, mysqlDatabase } from './support/database.js';
import { describeSchemaNotReady, SCHEMA_STATES, type SchemaState } from './schema-not-ready.contract.js';

const DROP = ['outbox', 'refresh_tokens', 'users', 'migrations'].map((table) => `DROP TABLE ${table}`);
const STILL_JAVA =
  /^the table users is still the one of the Java original: run the migrate command, which adopts it$/;

const ON_MYSQL: readonly SchemaState[] = [
  ['a database of the Java original', [...DROP, JAVA_TABLE], STILL_JAVA],
  ['an adoption that was cut off', [...DROP.slice(0, 3), JAVA_TABLE, 'DELETE FROM migrations'], STILL_JAVA],
];

describeOnMysql('the service on a MySQL database that is not migrated', () => {
  describeSchemaNotReady(mysqlDatabase, [...SCHEMA_STATES, ...ON_MYSQL]);
});
