import { placeholdersIn, type Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { requireAccount } from './aws.ts';

/**
 * A configuration whose account the credentials are of.
 *
 * @param name of a configuration, as loadConfig takes it
 * @param check what is refused before AWS is asked anything
 * @throws {Error} if the configuration still says what must be replaced, or the credentials are of another account
 */
export async function ownConfig(name: string, check?: (config: Config) => void): Promise<Config> {
  const config = await completeConfig(name);
  check?.(config);
  requireAccount(config);
  return config;
}

/**
 * @param name of a configuration, as loadConfig takes it
 * @throws {Error} if the configuration still says what must be replaced
 */
export async function completeConfig(name: string): Promise<Config> {
  const config = await loadConfig(name);
  const placeholders = placeholdersIn(config);
  if (placeholders.length > 0) {
    throw new Error(`Replace these in ${name} first: ${placeholders.join(', ')}`);
  }
  return config;
}
