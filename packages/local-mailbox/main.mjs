import mailbox from 'aws-ses-v2-local';
import { refusalInDevelopment } from '../service-kit/src/protection/development-guard.ts';

const { HOST = '127.0.0.1', PORT = '8005' } = process.env;

/** Actions that the mailbox knows are answered within a second; it leaves others without an answer. */
const ANSWER_MS = 10_000;

/** aws-ses-v2-local answers some bad requests twice, in a promise that nothing waits for: Node would end the process. */
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error) => {
    process.stderr.write(`mailbox: a request failed, the mailbox goes on: ${error?.stack ?? error}\n`);
  });
}

// The package comes as CommonJS: its default export is one level further down.
const server = await mailbox.default({ host: HOST, port: Number(PORT) });
if (!server.listening) {
  process.stderr.write(`mailbox cannot listen on ${HOST}:${PORT}: stop what uses the port, or set PORT\n`);
  process.exit(1);
}
server.setTimeout(ANSWER_MS);
const [answer] = server.listeners('request');
server.removeAllListeners('request');
server.on('request', (request, response) => {
  const path = request.url.split('?', 1)[0];
  const refusal = refusalInDevelopment(request, { isPage: path === '/' });
  if (!refusal) {
    answer(request, response);
    return;
  }
  const { status, code, detail } = refusal;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ code, message: detail }));
});
process.stdout.write(`mailbox listens on ${HOST}:${PORT}\n`);

// As process 1 of a container it would not stop without this: the kernel then has no default for SIGTERM.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
