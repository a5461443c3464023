import type { UserRow } from './user.js';
import type { UserModel } from './user.schemas.js';

/** A user as answers show it. @param appversion null where one user is shown, as in the original */
export function toModel(row: UserRow, appversion: string | null): UserModel {
  const { username, email, role, enabled, firstname, lastname } = row;
  return { username, email, role, enabled, firstname, lastname, appversion };
}
