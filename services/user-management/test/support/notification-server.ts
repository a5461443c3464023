import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A mail as it arrived. */
export interface ReceivedMail {
  headers: IncomingHttpHeaders;
  body: { subject: string; content: string; toEmails: string[] };
}

/** Answers one `POST /notification/send`. */
export type Answer = (response: ServerResponse, mail: ReceivedMail) => void;

/** A real HTTP server in the place of notification; it answers mails as it is told. */
export interface NotificationServer {
  /** The variables by which the service finds it. */
  environment: Readonly<Record<string, string>>;
  /** Every mail that was handed over, taken or not, in the order of arrival. */
  mails: ReceivedMail[];
  /** How many connections were opened to it. */
  connections: number;
  answer: Answer;
  /** Answers a GET; `text` is what notification would say. */
  answerPage: (response: ServerResponse, text: string) => void;
  stop(): Promise<void>;
}

/** Takes the mail. */
export const accept: Answer = (response) => {
  response.end();
};

/** Refuses the mail with a status and a code. */
export const refuse =
  (status: number, code: string, more: { retryAfter?: string; reason?: string } = {}): Answer =>
  (response) => {
    const { retryAfter, reason } = more;
    response.writeHead(status, {
      'content-type': 'application/problem+json',
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    });
    response.end(JSON.stringify({ status, code, detail: 'told to', reason }));
  };

/** Answers as an ingress, a proxy or another Service in notification's place. */
export const page =
  (status: number): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<html><body>nginx</body></html>');
  };

/** Never answers. */
export const hang: Answer = () => undefined;

/** Closes the connection without an answer. */
export const close: Answer = (response) => {
  response.destroy();
};

const PAGES: Readonly<Record<string, string>> = {
  '/notification/health-status': 'Notification Service is UP and Running - V1',
  '/notification/info':
    'Notification Service IP Address: 10.0.0.1\nHostname: notification-1\nApplication Version: V1',
  '/notification/xray':
    '{"applicationname":"Notification Microservice","appversion":"V1","message":"Enabled AWS XRay"}',
};

/** Starts a {@link NotificationServer} on a free port; it takes every mail until told otherwise. */
export async function startNotificationServer(): Promise<NotificationServer> {
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      notification.answerPage(response, PAGES[request.url ?? ''] ?? '');
      return;
    }
    void text(request).then((body) => {
      const mail = { headers: request.headers, body: JSON.parse(body) as ReceivedMail['body'] };
      notification.mails.push(mail);
      notification.answer(response, mail);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const notification: NotificationServer = {
    environment: { NOTIFICATION_SERVICE_HOST: '127.0.0.1', NOTIFICATION_SERVICE_PORT: String(port) },
    mails: [],
    connections: 0,
    answer: accept,
    answerPage: (response, page) => {
      response.end(page);
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  server.on('connection', () => (notification.connections += 1));
  return notification;
}
