import { newUser } from '@usermgmt/testing/users';

/** A request for a route of the access table, on the record of `name` where it is about one. */
export interface RouteCall {
  path: string;
  body?: object;
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
  'POST /user': () => ({ path: '/user', body: newUser(), success: 201 }),
  'POST /adminuser': () => ({ path: '/adminuser', body: newUser(), success: 201 }),
  'PUT /user': (name) => ({ path: '/user', body: changes(name), success: 200 }),
  'PATCH /user/:username': (name) => ({
    path: `/user/${encoded(name)}`,
    body: { firstname: 'New' },
    success: 200,
  }),
};

/** A request that does what the route is for. */
export function callOf(route: string, name: string): RouteCall {
  const make = CALLS[route];
  if (make) return make(name);
  const [, path = ''] = route.split(' ');
  return { path: path.replace(':username', encoded(name)), success: 200 };
}
