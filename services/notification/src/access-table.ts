import { type AccessRules, anybody, KIT_ACCESS, only } from '@usermgmt/service-kit/auth/access-table';

/** What whoever is in the list of senders may do. */
export const MAIL_SENDER = 'MAIL_SENDER';

const sender = only(MAIL_SENDER);

/** Who may do what. The README and the OpenAPI document show this table, and access.spec.ts tries all of it. */
// prettier-ignore
export const ACCESS: AccessRules = {
  table: {
    ...KIT_ACCESS,
    'GET /health-status': anybody,
    'GET /info':          sender,
    'GET /xray':          sender,
    'POST /send':         sender,
  },
  userRoles: [],
  isSameName: (one, other) => one === other,
  // user-management: its trace goes on here.
  tracingRoles: [MAIL_SENDER],
};
