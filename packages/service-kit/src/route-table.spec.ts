import { beforeAll, describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { ROUTER_OPTIONS, RouteTable } from './route-table.js';

const table = new RouteTable();
const nothing = (): string => '';

beforeAll(async () => {
  const server = fastify({ routerOptions: ROUTER_OPTIONS });
  table.watch(server);
  server.get('/user/:name', nothing);
  server.delete('/user/:name', nothing);
  server.route({ method: ['POST', 'PUT'], url: '/user', handler: nothing });
  await server.ready();
});

describe('RouteTable', () => {
  it.each([
    ['/user/jane', ['DELETE', 'GET', 'HEAD', 'OPTIONS']],
    ['/user/jane/', ['DELETE', 'GET', 'HEAD', 'OPTIONS']],
    ['/user/jane?x=/user', ['DELETE', 'GET', 'HEAD', 'OPTIONS']],
    ['/user/a%2Fb%25', ['DELETE', 'GET', 'HEAD', 'OPTIONS']],
    ['/user', ['OPTIONS', 'POST', 'PUT']],
    ['/user?name=jane', ['OPTIONS', 'POST', 'PUT']],
    [`/user/${'x'.repeat(1_000)}`, ['DELETE', 'GET', 'HEAD', 'OPTIONS']],
  ])('%s takes %j', (url, methods) => {
    expect(table.methodsOf(url)).toEqual(methods);
  });

  it.each(['/', '/users', '/user/jane/x', '/USER', '', '*', `/user/${'x'.repeat(1_001)}`])(
    'there is nothing at %j',
    (url) => {
      expect(table.methodsOf(url)).toEqual([]);
    },
  );
});
