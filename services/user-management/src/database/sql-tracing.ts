import { basename } from 'node:path';
import type { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import type { AfterQueryEvent, DataSource, EntitySubscriberInterface } from 'typeorm';

const LITERALS = /'(?:[^'\\]|\\.|'')*'|\b\d+(?:\.\d+)?\b/g;

/** A statement without its literals; values are parameters anyway, and never in the text. */
export function sanitizedSql(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim().replace(LITERALS, '?');
}

/** Makes a statement that has just ended a subsegment of the present request, if that is traced. */
export type RecordSql = (query: string, durationMs: number, error?: unknown) => void;

/**
 * Makes each of TypeORM's statements a subsegment. The data source must be connected.
 *
 * @returns how others are made one
 */
export async function traceSql(dataSource: DataSource, tracer: Tracer): Promise<RecordSql> {
  const { options } = dataSource;
  const onMysql = options.type === 'mysql';
  const version = onMysql ? 'VERSION()' : 'sqlite_version()';
  const [row] = await dataSource.query<{ version: string }[]>(`SELECT ${version} AS version`);
  const place = onMysql ? `${options.host ?? ''}:${options.port ?? 3306}/` : '';
  const database = onMysql ? String(options.database) : basename(String(options.database));
  const name = onMysql ? `${database}@${options.host ?? ''}` : database;
  const sql = {
    url: onMysql ? `mysql://${place}${database}` : `sqlite:${database}`,
    database_type: onMysql ? 'MySQL' : 'SQLite',
    database_version: row?.version ?? '',
    driver_version: onMysql ? 'mysql2' : 'libsql',
  };
  const record: RecordSql = (query, durationMs, error) => {
    tracer.record(() => ({
      name,
      namespace: 'remote',
      durationMs,
      sql: { ...sql, sanitized_query: sanitizedSql(query) },
      ...(error !== undefined && { error }),
    }));
  };
  const subscriber: EntitySubscriberInterface = {
    afterQuery({ query, executionTime = 0, error }: AfterQueryEvent): void {
      record(query, executionTime, error);
    },
  };
  dataSource.subscribers.push(subscriber);
  return record;
}
