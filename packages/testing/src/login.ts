/** What `POST /oauth/token` answered; no tokens if the login was refused. */
export interface Login {
  status: number;
  token: string;
  refreshToken: string;
}

/**
 * Logs a user in with the password, as a page without a secret does.
 *
 * @param users the URL of user-management, with its prefix
 * @param client one of AUTH_CLIENTS; by default the one that is there without it
 */
export async function logIn(
  users: string,
  username: string,
  password: string,
  client = 'service-account-1',
): Promise<Login> {
  const response = await fetch(`${users}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: client, username, password }),
  });
  const answer = (await response.json()) as { access_token?: string; refresh_token?: string };
  const { access_token: token = '', refresh_token: refreshToken = '' } = answer;
  return { status: response.status, token, refreshToken };
}
