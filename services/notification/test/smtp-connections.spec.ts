import { expect, it } from '@jest/globals';
import { HealthChecks, KEEP_MS } from '@usermgmt/service-kit/health';
import { stretchDeadlines } from '@usermgmt/testing/deadlines';
import { waitFor } from '@usermgmt/testing/wait';
import request from 'supertest';
import { send, startApplication } from './support/application.js';
import { startSmtpServer, smtpSettings } from './support/smtp-server.js';

stretchDeadlines();

it('uses a new connection when the server has closed the kept one', async () => {
  const impatient = await startSmtpServer({ socketTimeout: 1_000 });
  const app = await startApplication(smtpSettings(impatient));
  expect((await send(app)).status).toBe(200);
  await waitFor('the end of the connection', async () => impatient.open() === 0);
  expect((await send(app)).status).toBe(200);
  await app.app.close();
  await impatient.stop();
  expect(impatient.received).toHaveLength(2);
});

it('sends over a new connection what the server hung up on before it had any of it', async () => {
  let mails = 0;
  const rude = await startSmtpServer({
    onMailFrom: (_address, _session, done) => {
      mails += 1;
      if (mails === 2) rude.cut();
      else done();
    },
  });
  const app = await startApplication(smtpSettings(rude));
  expect((await send(app)).status).toBe(200);
  expect((await send(app)).status).toBe(200);
  await app.app.close();
  await rude.stop();
  expect([mails, rude.connections, rude.received.length]).toEqual([3, 2, 2]);
});

it('opens one connection for 100 requests that ask whether the mail server is there', async () => {
  const server = await startSmtpServer();
  const { app, server: http } = await startApplication(smtpSettings(server));
  const ask = () => request(http).get('/notification/health/dependencies').expect(200);
  await Promise.all(Array.from({ length: 50 }, ask));
  for (let index = 0; index < 50; index += 1) await ask();
  expect(server.connections).toBe(1);
  app.get(HealthChecks).now = () => performance.now() + KEEP_MS;
  await ask();
  expect(server.connections).toBe(2);
  await app.close();
  await server.stop();
});

it('closes its connections when the service stops', async () => {
  const server = await startSmtpServer();
  const app = await startApplication(smtpSettings(server));
  expect((await send(app)).status).toBe(200);
  expect(server.open()).toBe(1);
  await app.app.close();
  await waitFor('the end of the connections', async () => server.open() === 0);
  await server.stop();
});
