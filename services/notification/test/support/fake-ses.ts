import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Answers one request of the SES client. */
export type Answer = (response: ServerResponse) => void;

/** A server that speaks as much of the SES query API as one SendEmail needs, and answers as it is told. */
export interface FakeSes {
  url: string;
  /** The parameters of each request, in the order of arrival. */
  requests: URLSearchParams[];
  answer: Answer;
  /** How many connections are open. */
  connections(): number;
  stop(): Promise<void>;
}

/** Starts a {@link FakeSes} on a free port; it accepts every mail until told otherwise. */
export async function startFakeSes(): Promise<FakeSes> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      fake.requests.push(new URLSearchParams(Buffer.concat(chunks).toString()));
      fake.answer(response);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: FakeSes = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answer: accept,
    connections: () => sockets.size,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
  return fake;
}

export const accept: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(
    '<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult>' +
      '<MessageId>id-1</MessageId></SendEmailResult></SendEmailResponse>',
  );
};

/** Answers as SES does when it refuses a call. */
export function refuse(status: number, code: string, message = ''): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/xml' });
    response.end(
      '<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type>' +
        `<Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
    );
  };
}

export const neverAnswer: Answer = () => undefined;
