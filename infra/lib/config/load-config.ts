import { readdirSync } from 'node:fs';
import { parseConfig, type Config } from './config.ts';

const FOLDER = new URL('../../config/', import.meta.url);

/** The names of the files in config/. */
export function configurations(): string[] {
  return readdirSync(FOLDER).map((file) => file.replace(/\.ts$/, ''));
}

/**
 * @param name of a file in config/
 * @throws {Error} if there is none, or if it says anything wrong
 */
export async function loadConfig(name: string): Promise<Config> {
  if (!configurations().includes(name)) {
    throw new Error(`There is no configuration "${name}"; there are: ${configurations().join(', ')}`);
  }
  const module = (await import(new URL(`${name}.ts`, FOLDER).href)) as { default: unknown };
  return parseConfig(module.default);
}
