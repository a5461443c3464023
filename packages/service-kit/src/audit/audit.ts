import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { isOpen, type Openness } from '../protection/protection.variables.js';
import type { ServiceDescription } from '../service-description.js';
import { AuditLog } from './audit-log.js';
import type { AuditRules } from './audit-rules.js';
import { AuditTrail } from './audit-trail.js';
import type { AuditConfig } from './audit.variables.js';
import { Pseudonyms } from './pseudonyms.js';

type Config = AuditConfig & Openness & { readonly APP_VERSION: string };

/** Writes the audit lines of all requests to `fastify`. */
export function auditRequests(
  fastify: FastifyInstance,
  service: ServiceDescription,
  config: Config,
  rules: AuditRules,
): void {
  if (config.AUDIT_KEY === undefined && !isOpen(config)) {
    new Logger('audit').warn('AUDIT_KEY is not set: the pseudonyms in audit lines end with this process');
  }
  const log = new AuditLog(service.name, config.APP_VERSION, config);
  new AuditTrail(log, new Pseudonyms(config.AUDIT_KEY), rules).attach(fastify);
}
