import type { AuditRules } from '@usermgmt/service-kit/audit/audit-rules';
import type { FastifyRequest } from 'fastify';
import { usernameKey } from '../users/user-key.js';

/** Whom audit lines are about, and which fields they name. */
export const AUDIT: AuditRules = {
  onWhom: nameIn,
  keyOf: usernameKey,
  fields: ['email', 'enabled', 'firstname', 'lastname', 'password', 'role'],
  writingGets: ['/usermgmt/status/:username', '/usermgmt/user/activate/:username'],
};

/** The user's name stands in the path or in the body. */
function nameIn({ params, body }: FastifyRequest): string | undefined {
  for (const place of [params, body] as ({ username?: unknown } | null | undefined)[]) {
    const name = place?.username;
    if (typeof name === 'string' || typeof name === 'number') return String(name);
  }
  return undefined;
}
