import { loadConfig } from '@usermgmt/service-kit/config';
import { type Config, serviceSchema } from '../../src/config.js';

/** The configuration that these variables make; quiet unless they say otherwise. */
export function testConfig(environment: Readonly<Record<string, string>> = {}): Config {
  return loadConfig(serviceSchema, { LOG_LEVEL: 'silent', AUDIT_FILE: '/dev/null', ...environment });
}
