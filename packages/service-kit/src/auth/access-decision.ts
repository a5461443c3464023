import type { AppError } from '../app-error.js';
import type { Access, AccessRules } from './access-table.js';
import { AdminFieldError, ForbiddenError, UnauthorizedError } from './auth-errors.js';
import type { Principal } from './principal.js';

type Fields = Readonly<Record<string, unknown>>;

/** Whether a route is open to a principal, as far as can be said without the body. @returns why not */
export function refusal(
  access: Access | undefined,
  principal: Principal | undefined,
  parameters: Fields,
  rules: AccessRules,
): AppError | undefined {
  if (!access) return new ForbiddenError();
  if (access.anybody !== false || principal?.kind === 'everybody') return undefined;
  if (!principal) return new UnauthorizedError('TOKEN_MISSING');
  if (hasOne(principal, access.roles)) return undefined;
  const { own } = access;
  if (!own || principal.kind !== 'user' || !hasOne(principal, rules.userRoles)) return new ForbiddenError();
  if (own.nameIn === 'body' || isOwn(principal, parameters.username, rules)) return undefined;
  return new ForbiddenError();
}

/** Whether the body of a request that {@link refusal} let in changes that. @returns why not */
export function refusalOfBody(
  access: Access,
  principal: Principal | undefined,
  body: unknown,
  rules: AccessRules,
): AppError | undefined {
  const { own, roles } = access;
  if (!own || !principal || principal.kind === 'everybody' || hasOne(principal, roles)) return undefined;
  const fields = typeof body === 'object' && body !== null ? (body as Fields) : {};
  if (own.nameIn === 'body' && !isOwn(principal, fields.username, rules)) return new ForbiddenError();
  // null counts as missing, as everywhere.
  const refused = own.except.filter((name) => (fields[name] ?? undefined) !== undefined);
  return refused.length > 0 ? new AdminFieldError(refused) : undefined;
}

/** The user to whose record a request is restricted that {@link refusal} let in; undefined: no such restriction. */
export function ownerOf({ own, roles }: Access, principal: Principal | undefined): string | undefined {
  return own && principal?.kind === 'user' && !hasOne(principal, roles) ? principal.subject : undefined;
}

const hasOne = (principal: Principal, roles: readonly string[]): boolean =>
  principal.roles.some((role) => roles.includes(role));

/** A number or a boolean is a name by its spelling, as the schemas take it. */
function isOwn(principal: Principal, name: unknown, { isSameName }: AccessRules): boolean {
  if (typeof name !== 'string' && typeof name !== 'number' && typeof name !== 'boolean') return false;
  return isSameName(principal.subject, String(name));
}
