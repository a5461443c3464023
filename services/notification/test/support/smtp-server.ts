import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '@usermgmt/testing/certificate';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

const CERTIFICATE_NAME = 'smtp.example.test';
const USER = 'smtp-user';
const PASSWORD = 'smtp-secret';

/** A mail as it came over the wire. */
export interface ReceivedMail {
  from: string;
  recipients: string[];
  raw: string;
}

/** A real SMTP server with STARTTLS, a login and a self-signed certificate. */
export interface TestSmtpServer {
  port: number;
  /** The path of its certificate, which is its own CA. */
  ca: string;
  received: ReceivedMail[];
  /** How many connections were opened so far. */
  connections: number;
  /** How many connections are open. */
  open(): number;
  /** Replies to a recipient or to a message otherwise than with 250; undefined accepts. */
  reply: { recipient?: (address: string) => string | undefined; message?: () => string | undefined };
  /** Ends every connection without a word. */
  cut(): void;
  stop(): Promise<void>;
}

/** Starts a {@link TestSmtpServer} on a free port. */
export async function startSmtpServer(options: SMTPServerOptions = {}): Promise<TestSmtpServer> {
  const folder = mkdtempSync(join(tmpdir(), 'notification-smtp-'));
  const { key, certificate } = makeCertificate(folder, `DNS:${CERTIFICATE_NAME}`);
  const server = new SMTPServer({
    key: readFileSync(key),
    cert: readFileSync(certificate),
    onConnect: (_session, done) => {
      test.connections += 1;
      done();
    },
    onAuth: ({ username, password }, _session, done) => {
      if (username === USER && password === PASSWORD) done(null, { user: USER });
      else done(new Error('Invalid login'));
    },
    onRcptTo: ({ address }, _session, done) => {
      done(asError(test.reply.recipient?.(address)));
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const error = asError(test.reply.message?.());
        const { mailFrom, rcptTo } = session.envelope;
        if (!error) {
          test.received.push({
            from: mailFrom ? mailFrom.address : '',
            recipients: rcptTo.map(({ address }) => address),
            raw: Buffer.concat(chunks).toString(),
          });
        }
        done(error);
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // A client that refuses the certificate is an error to the server.
  const sockets = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const test: TestSmtpServer = {
    port: (server.server.address() as AddressInfo).port,
    ca: certificate,
    received: [],
    connections: 0,
    open: () => server.connections.size,
    reply: {},
    cut: () => {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    stop: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
  return test;
}

/** The variables that make the service use this server. */
export function smtpSettings(
  { port, ca }: TestSmtpServer,
  changes: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    AWS_MAIL_SERVER_HOST: '127.0.0.1',
    AWS_MAIL_SERVER_PORT: String(port),
    AWS_MAIL_SERVER_USERNAME: USER,
    AWS_MAIL_SERVER_PASSWORD: PASSWORD,
    AWS_MAIL_SERVER_FROM_ADDRESS: 'sender@example.org',
    AWS_MAIL_SERVER_TLS_SERVERNAME: CERTIFICATE_NAME,
    AWS_MAIL_SERVER_TLS_CA: ca,
    ...changes,
  };
}

/** An SMTP reply such as `550 5.1.1 No such user`, in the form in which smtp-server takes it. */
function asError(reply: string | undefined): Error | null {
  if (reply === undefined) return null;
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) });
}
