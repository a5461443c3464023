/** A user as it is read: everything but the password and the keys. */
export interface UserRow {
  username: string;
  email: string;
  role: string;
  enabled: boolean;
  firstname: string;
  lastname: string;
}

/** What a write stores. */
export type UserRecord = UserRow & { password: string };
