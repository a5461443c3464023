let made = 0;

/** The body of `POST /usermgmt/user`. */
export interface NewUserBody {
  username: string;
  password: string;
  email: string;
  firstname: string;
  lastname: string;
  role: string;
  enabled: boolean;
}

/** A valid new user, different at each call. */
export function newUser(overrides: Partial<NewUserBody> = {}): NewUserBody {
  made += 1;
  const username = overrides.username ?? `user${process.pid.toString(36)}x${made.toString(36)}`;
  return {
    username,
    password: 'Pass@123',
    email: `${username}@example.com`,
    firstname: 'First',
    lastname: 'Last',
    role: 'ROLE_USER',
    enabled: true,
    ...overrides,
  };
}

/** Sends JSON. */
export function send(method: string, url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}
