import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../src/database/data-source.js';
import { testConfig } from './support/config.js';

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('the embedded database', () => {
  let folder: string;
  let file: string;
  let mask: number;
  beforeEach(() => {
    mask = process.umask(0);
    folder = mkdtempSync(join(tmpdir(), 'usermgmt-private-'));
    file = join(folder, 'data', 'users.sqlite');
  });
  afterEach(() => {
    process.umask(mask);
    rmSync(folder, { recursive: true });
  });

  async function open(): Promise<DataSource> {
    const dataSource = createDataSource(testConfig({ SQLITE_FILE: file }));
    await dataSource.initialize();
    await dataSource.query('CREATE TABLE IF NOT EXISTS x (y)');
    return dataSource;
  }
  const files = (): string[] => [file, `${file}-wal`, `${file}-shm`];

  it('is made for its owner only, with its folder', async () => {
    const dataSource = await open();
    expect(files().map(modeOf)).toEqual(['600', '600', '600']);
    expect(modeOf(dirname(file))).toBe('700');
    await dataSource.destroy();
  });

  it('is taken from other users when it exists', async () => {
    const earlier = await open();
    for (const each of files()) chmodSync(each, 0o666);
    const dataSource = await open();
    expect(files().map(modeOf)).toEqual(['600', '600', '600']);
    await dataSource.destroy();
    await earlier.destroy();
  });

  it('reports a folder that cannot be made when it connects', async () => {
    writeFileSync(dirname(file), 'a file');
    const dataSource = createDataSource(testConfig({ SQLITE_FILE: file }));
    await expect(dataSource.initialize()).rejects.toThrow();
  });
});
