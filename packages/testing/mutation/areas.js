const KIT = 'packages/service-kit/src';
const USERS = 'services/user-management';
const NOTIFICATION = 'services/notification';

/**
 * @typedef {object} Area
 * @property {readonly string[]} mutate files whose code is changed, by their paths from the root
 * @property {readonly string[]} specs that must notice, the quickest first
 * @property {number} [every] tries only every Nth mutant, where there are many
 * @property {boolean} [mysql] whether the specs need a MySQL, and so Docker
 */

/**
 * The critical code, and the specs that check it: what `npm run test:mutation` works on. Declarations without logic
 * (modules, entities) are left out.
 *
 * @type {Record<string, Area>}
 */
export const AREAS = {
  'access-control': {
    every: 3,
    mutate: [
      `${KIT}/auth/access-control.ts`,
      `${KIT}/auth/access-decision.ts`,
      `${KIT}/auth/access-table.ts`,
      `${KIT}/auth/bearer-token.ts`,
      `${KIT}/auth/claims.ts`,
    ],
    specs: [
      `${KIT}/auth/bearer-token.spec.ts`,
      `${KIT}/auth/claims.spec.ts`,
      `${KIT}/auth/access-control.spec.ts`,
      `${USERS}/test/access-closed.spec.ts`,
      `${USERS}/test/access-jwt.spec.ts`,
      `${USERS}/test/access-local.spec.ts`,
      `${USERS}/test/auth-jwt.spec.ts`,
      `${USERS}/test/openapi.spec.ts`,
    ],
  },
  tokens: {
    every: 4,
    mutate: [
      `${USERS}/src/oauth/token-issuer.ts`,
      `${USERS}/src/oauth/signing-keys.ts`,
      `${USERS}/src/oauth/refresh-tokens.repository.ts`,
      `${USERS}/src/oauth/oauth.service.ts`,
      `${USERS}/src/auth/local.verifier.ts`,
      `${KIT}/auth/jwt.verifier.ts`,
    ],
    specs: [
      `${KIT}/auth/jwt.verifier.spec.ts`,
      `${USERS}/src/auth/local.verifier.spec.ts`,
      `${USERS}/src/oauth/token-issuer.spec.ts`,
      `${USERS}/src/config.spec.ts`,
      `${USERS}/test/refresh-tokens.sqlite.spec.ts`,
      `${USERS}/test/refresh-tokens.mysql.spec.ts`,
      `${USERS}/test/strange-tokens.spec.ts`,
      `${USERS}/test/key-rotation.spec.ts`,
      `${USERS}/test/notification-token.spec.ts`,
      `${USERS}/test/auth-jwt.spec.ts`,
      `${USERS}/test/oauth.spec.ts`,
    ],
    mysql: true,
  },
  'login-throttle': {
    mutate: [`${USERS}/src/users/login-throttle.ts`, `${USERS}/src/users/attempt-windows.ts`],
    specs: [`${USERS}/src/users/login-throttle.spec.ts`, `${USERS}/test/login-limits.spec.ts`],
  },
  outbox: {
    every: 4,
    mutate: [
      `${USERS}/src/outbox/backoff.ts`,
      `${USERS}/src/outbox/outbox.metrics.ts`,
      `${USERS}/src/outbox/outbox.relay.ts`,
      `${USERS}/src/outbox/outbox.repository.ts`,
      `${USERS}/src/outbox/outbox.ts`,
      `${USERS}/src/outbox/outbox.watch.ts`,
      `${USERS}/src/outbox/relay-pause.ts`,
    ],
    specs: [
      `${USERS}/src/outbox/backoff.spec.ts`,
      `${USERS}/src/outbox/relay-pause.spec.ts`,
      `${USERS}/src/outbox/outbox.watch.spec.ts`,
      `${USERS}/src/outbox/outbox.metrics.spec.ts`,
      `${USERS}/src/outbox/outbox.relay.spec.ts`,
      `${USERS}/test/outbox-repository.sqlite.spec.ts`,
      `${USERS}/test/outbox-repository.mysql.spec.ts`,
      `${USERS}/test/outbox-stop.spec.ts`,
      `${USERS}/test/outbox-relay.spec.ts`,
      `${USERS}/test/outbox-quota.spec.ts`,
    ],
    mysql: true,
  },
  idempotency: {
    mutate: [`${NOTIFICATION}/src/mail/idempotency.ts`],
    specs: [`${NOTIFICATION}/src/mail/idempotency.spec.ts`, `${NOTIFICATION}/test/idempotency.spec.ts`],
  },
  'user-key': {
    mutate: [
      `${USERS}/src/users/user-key.ts`,
      `${USERS}/src/users/opaque-string.ts`,
      `${USERS}/src/users/map-key.ts`,
    ],
    specs: [
      `${USERS}/src/users/user-key.spec.ts`,
      `${USERS}/src/users/opaque-string.spec.ts`,
      `${USERS}/src/users/map-key.spec.ts`,
      `${USERS}/test/http-names.spec.ts`,
    ],
  },
  shutdown: {
    mutate: [`${KIT}/lifecycle.ts`, `${KIT}/shutdown.ts`],
    specs: [`${KIT}/lifecycle.spec.ts`, `${KIT}/shutdown.spec.ts`],
  },
  migrations: {
    every: 4,
    mutate: [
      `${USERS}/src/database/migration-lock.ts`,
      `${USERS}/src/database/migration-run.ts`,
      `${USERS}/src/database/migrator.ts`,
      `${USERS}/src/database/migrations/*.ts`,
      `${USERS}/src/database/schema-state.ts`,
      `${USERS}/src/database/schema-wait.ts`,
    ],
    specs: [
      `${USERS}/test/migrate.sqlite.spec.ts`,
      `${USERS}/test/schema-not-ready.sqlite.spec.ts`,
      `${USERS}/test/migrate.mysql.spec.ts`,
      `${USERS}/test/schema-not-ready.mysql.spec.ts`,
      `${USERS}/test/adoption.mysql.spec.ts`,
    ],
    mysql: true,
  },
};
