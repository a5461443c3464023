import {
  type AccessRules,
  anybody,
  anybodyKnown,
  byClient,
  KIT_ACCESS,
  only,
  orOwner,
} from '@usermgmt/service-kit/auth/access-table';
import { usernameKey } from './users/user-key.js';

/** The roles that mean something; a user may have any other text as role, and then may do nothing. */
export const ROLES = ['ROLE_USER', 'ROLE_MODERATOR', 'ROLE_ADMIN'] as const;

const admin = only('ROLE_ADMIN');
const readers = only('ROLE_MODERATOR', 'ROLE_ADMIN');

/** Who may do what. The README and the OpenAPI document show this table, and access.spec.ts tries all of it. */
// prettier-ignore
export const ACCESS: AccessRules = {
  table: {
    ...KIT_ACCESS,
    'GET /health-status':              anybody,
    'GET /health/status':              anybody,
    'GET /hello':                      anybody,
    'GET /hello-bean':                 anybody,
    'GET /notification-health-status': anybody,
    'GET /notification-service-info':  readers,
    'GET /notification-xray':          readers,
    'GET /ns-status':                  readers,
    'GET /users':                      readers,
    'GET /user/:username':             orOwner(readers, 'path'),
    'POST /user':                      anybodyKnown,
    'POST /adminuser':                 admin,
    'PUT /user':                       orOwner(admin, 'body'),
    'PATCH /user/:username':           orOwner(admin, 'path', ['role', 'enabled']),
    'DELETE /user/:username':          admin,
    'GET /status/:username':           admin,
    'GET /user/activate/:username':    admin,
    'POST /oauth/token':               byClient,
    'POST /oauth/check_token':         byClient,
    'POST /oauth/revoke':              byClient,
    'GET /oauth/token_key':            anybody,
    'GET /.well-known/jwks.json':      anybody,
  },
  userRoles: ROLES,
  isSameName: (one, other) => usernameKey(one) === usernameKey(other),
};
