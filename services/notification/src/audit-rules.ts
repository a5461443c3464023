import type { AuditRules } from '@usermgmt/service-kit/audit/audit-rules';

/** A mail's recipients are addresses, which no line holds. */
export const AUDIT: AuditRules = {
  onWhom: () => undefined,
  keyOf: (name) => name,
  fields: [],
  writingGets: [],
};
