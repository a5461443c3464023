import { Global, Module } from '@nestjs/common';
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
export class DatabaseModule {}
