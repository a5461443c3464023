import { Global, Module } from '@nestjs/common';
import { Metrics } from '@usermgmt/service-kit/metrics/metrics';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { createDataSource } from './data-source.js';
import { Database } from './database.js';

/** The connection to MySQL or to the embedded SQLite file. */
@Global()
@Module({
  providers: [
    Database,
    { provide: DataSource, inject: [CONFIG], useFactory: (config: Config) => createDataSource(config) },
  ],
  exports: [Database],
})
export class DatabaseModule {
  constructor(metrics: Metrics, database: Database) {
    if (!database.isMysql) return;
    metrics.gauge(
      {
        name: 'db_pool_connections',
        help: 'Connections in use and idle; requests waiting for one',
        labels: ['state'],
      },
      (gauge) => {
        for (const [state, count] of Object.entries(database.pool)) gauge.set({ state }, count);
      },
    );
  }
}
