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

/** What a login is checked against, and a token depends on. */
export interface UserCredentials {
  username: string;
  role: string;
  enabled: boolean;
  /** A PHC string, or a BCrypt hash of the original. */
  password: string;
  securityStamp: number;
}
