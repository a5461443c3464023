import { readFileSync } from 'node:fs';
import { withoutLineEnds } from '@usermgmt/service-kit/variable-text';
import type { DataSource } from 'typeorm';

/** What has no public way in: where TypeORM's driver and mysql2's pool look up the password. */
interface Driver {
  options: object;
  pool?: { config: { connectionConfig: object } };
}

/** @throws Error when the file cannot be read */
export function readPassword(file: string): string {
  return withoutLineEnds(readFileSync(file, 'utf8'));
}

/**
 * Makes every new connection to MySQL take the password that the file then holds. Kubernetes writes a changed Secret
 * into the file, so that a pod need not be started again when the password is changed. Open connections stay open.
 */
export function followPasswordFile(dataSource: DataSource, file: string): void {
  let last: string | undefined;
  const password = (): string | undefined => {
    try {
      last = readPassword(file);
    } catch {
      // While the file is being replaced, the last one is the best there is.
    }
    return last;
  };
  const follow = (options: object): void => {
    Object.defineProperty(options, 'password', { enumerable: true, get: password, set: () => undefined });
  };
  const driver = dataSource.driver as unknown as Driver;
  follow(driver.options);
  const initialize = dataSource.initialize.bind(dataSource);
  dataSource.initialize = async () => {
    await initialize();
    // The pool has its own copy of the options.
    if (driver.pool) follow(driver.pool.config.connectionConfig);
    return dataSource;
  };
}
