import { existsSync, readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseConfig, type Config } from './config.ts';

const FOLDER = new URL('../../config/', import.meta.url);

/** The names of the files in config/. */
export function configurations(): string[] {
  return readdirSync(FOLDER).map((file) => basename(file, '.ts'));
}

/**
 * @param name of a file in config/, or the path of one elsewhere, which ends in `.ts`
 * @throws {Error} if there is none, or if it says anything wrong
 */
export async function loadConfig(name: string): Promise<Config> {
  const isPath = name.endsWith('.ts');
  if (isPath ? !existsSync(name) : !configurations().includes(name)) {
    throw new Error(`There is no configuration "${name}"; there are: ${configurations().join(', ')}`);
  }
  const url = isPath ? pathToFileURL(resolve(name)) : new URL(`${name}.ts`, FOLDER);
  const module = (await import(url.href)) as { default: unknown };
  return parseConfig(module.default);
}
