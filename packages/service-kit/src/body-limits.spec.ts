import { expect, it } from '@jest/globals';
import fastify from 'fastify';
import { limitBodies } from './body-limits.js';

it.each(['POST', 'PUT', 'PATCH'])('no route for %s is added that states no limit for its body', (method) => {
  const server = fastify();
  limitBodies(server);
  expect(() => server.route({ method, url: '/things', handler: () => 'ok' })).toThrow(
    `${method} /things states no limit for its body`,
  );
});

it('a route has the limit that it states', async () => {
  const server = fastify({ bodyLimit: 1 });
  limitBodies(server);
  server.post('/things', { config: { bodyBytes: 20 } }, () => 'ok');
  const send = (payload: string) =>
    server.inject({ method: 'POST', url: '/things', payload, headers: { 'content-type': 'text/plain' } });
  expect((await send('x'.repeat(20))).statusCode).toBe(200);
  expect((await send('x'.repeat(21))).statusCode).toBe(413);
  await server.close();
});
