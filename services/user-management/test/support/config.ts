import { loadConfig } from '@usermgmt/service-kit/config';
import { type Config, configSchema } from '../../src/config.js';

/** The configuration that these variables make; quiet unless they say otherwise. */
export function testConfig(environment: Readonly<Record<string, string>> = {}): Config {
  return loadConfig(configSchema, { LOG_LEVEL: 'silent', ...environment });
}
