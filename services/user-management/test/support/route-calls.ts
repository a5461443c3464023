import { newUser } from '@usermgmt/testing/users';

/** A request for a route of the access table, on the record of `name` where it is about one. */
export interface RouteCall {
  path: string;
  body?: object;
  /** A body that is no JSON. */
  form?: string;
  /** What it answers to who may. */
  success: number;
}

const encoded = encodeURIComponent;
const changes = (name: string): object => ({
  username: name,
  email: `${Buffer.from(name).toString('hex')}.new@example.com`,
  firstname: 'New',
  lastname: 'Name',
});

/** How each route is called, by its name in the table. */
const CALLS: Readonly<Record<string, (name: string) => RouteCall>> = {
  'GET /docs': () => ({ path: '/docs', success: 200 }),
  'GET /docs/*': () => ({ path: '/docs/swagger-ui-init.js', success: 200 }),
  'POST /oauth/token': () => ({ path: '/oauth/token', form: 'grant_type=password', success: 200 }),
  'POST /oauth/check_token': () => ({ path: '/oauth/check_token', form: 'token=x', success: 200 }),
  'POST /oauth/revoke': () => ({ path: '/oauth/revoke', form: 'token=x', success: 200 }),
  'POST /user': () => ({ path: '/user', body: newUser(), success: 201 }),
  'POST /adminuser': () => ({ path: '/adminuser', body: newUser(), success: 201 }),
  'PUT /user': (name) => ({ path: '/user', body: changes(name), success: 200 }),
  'PATCH /user/:username': (name) => ({
    path: `/user/${encoded(name)}`,
    body: { firstname: 'New' },
    success: 200,
  }),
};

/** What is not there unless the service issues tokens. */
const KEYS = ['GET /oauth/token_key', 'GET /.well-known/jwks.json'];

/** A request that does what the route is for. */
export function callOf(route: string, name: string, issuesTokens: boolean): RouteCall {
  const make = CALLS[route];
  if (make) return make(name);
  const [, path = ''] = route.split(' ');
  const success = KEYS.includes(route) && !issuesTokens ? 404 : 200;
  return { path: path.replace(':username', encoded(name)), success };
}
