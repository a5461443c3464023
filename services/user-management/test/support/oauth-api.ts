import { SECRET } from './local-auth.js';

/** What the token routes answer. */
export interface OAuthAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** The form routes of tokens, as a client calls them. */
export class OAuthApi {
  constructor(private readonly url: string) {}

  /** @param client id of a public client, or `id:secret` for HTTP Basic */
  async post(path: string, form: Record<string, string>, client?: string): Promise<OAuthAnswer> {
    const isBasic = client?.includes(':');
    const response = await fetch(`${this.url}/usermgmt/oauth/${path}`, {
      method: 'POST',
      headers: isBasic ? { authorization: `Basic ${Buffer.from(client!).toString('base64')}` } : {},
      body: new URLSearchParams(client !== undefined && !isBasic ? { client_id: client, ...form } : form),
    });
    const text = await response.text();
    const body = (text === '' ? {} : JSON.parse(text)) as OAuthAnswer['body'];
    return { status: response.status, headers: response.headers, body };
  }

  password(username: string, password = 'Pass@123', client = 'page'): Promise<OAuthAnswer> {
    return this.post('token', { grant_type: 'password', username, password }, client);
  }

  refresh(token: unknown, client = 'page'): Promise<OAuthAnswer> {
    return this.post('token', { grant_type: 'refresh_token', refresh_token: String(token) }, client);
  }

  credentials(client: string): Promise<OAuthAnswer> {
    return this.post('token', { grant_type: 'client_credentials' }, `${client}:${SECRET}`);
  }

  /** A bearer token of a user. */
  async login(username: string, password?: string): Promise<string> {
    return String((await this.password(username, password)).body.access_token);
  }

  /** Calls any route. @returns its answer */
  call(method: string, path: string, token?: unknown, body?: object): Promise<Response> {
    return fetch(`${this.url}/usermgmt/${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token as string}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  /** The status of a route with a token. */
  async status(path: string, token: unknown): Promise<number> {
    return (await this.call('GET', path, token)).status;
  }
}
