import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An answer of AWS: an object in JSON, a text in XML; or what gives one, for the body of the request. */
export type Answer = object | string | ((body: string) => object | string | undefined);

/** Stands in front of an emulator of AWS, and answers what the emulator does not know. */
export class AwsFront {
  readonly url: string;
  /**
   * By the name of the operation, or by method and path where the protocol has no names. What is not in it, the emulator
   * answers.
   */
  answers: Record<string, Answer> = {};
  /** The operations to which the caller has no right. */
  denied: readonly string[] = [];
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param emulator its address */
  static async start(emulator: string): Promise<AwsFront> {
    const server = createServer((request, response) => {
      void front.answer(emulator, request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const front = new AwsFront(server);
    return front;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async answer(emulator: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const operation = operationOf(request, body);
    const given = this.answers[operation];
    const answer = typeof given === 'function' ? given(body) : given;
    if (this.denied.includes(operation)) {
      deny(request, response);
    } else if (answer !== undefined) {
      const isXml = typeof answer === 'string';
      response.setHeader('content-type', isXml ? 'text/xml' : 'application/json');
      response.end(isXml ? answer : JSON.stringify(answer));
    } else {
      const { host: _, ...headers } = request.headers as Record<string, string>;
      const { method = 'GET', url = '/' } = request;
      let forwarded = await fetch(emulator + url, { method, headers, ...(body !== '' && { body }) });
      // botocore 1.43.105, by which moto finds operations, has other requests than the AWS CLI for these two.
      const list = /^\/v2\/email\/(identities|configuration-sets)(\?|$)/.exec(url)?.[1];
      if (method === 'GET' && list !== undefined && forwarded.status === 404) {
        forwarded = await fetch(`${emulator}/v2/email/list-${list}`, { method: 'POST', headers, body: '{}' });
      }
      response.writeHead(forwarded.status, { 'content-type': forwarded.headers.get('content-type') ?? '' });
      response.end(await forwarded.text());
    }
  }
}

function operationOf(request: IncomingMessage, body: string): string {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.lastIndexOf('.') + 1);
  return new URLSearchParams(body).get('Action') ?? `${request.method} ${request.url?.replace(/\?.*/, '')}`;
}

/** As each protocol has it: https://smithy.io/2.0/aws/protocols/index.html */
function deny(request: IncomingMessage, response: ServerResponse): void {
  response.statusCode = 403;
  const service = /\/([a-z0-9-]+)\/aws4_request/.exec(request.headers.authorization ?? '')?.[1];
  const message = 'is not authorized to perform';
  if (service === 'ec2') {
    const error = `<Error><Code>UnauthorizedOperation</Code><Message>${message}</Message></Error>`;
    response.end(`<Response><Errors>${error}</Errors><RequestID>1</RequestID></Response>`);
  } else if (['iam', 'rds', 'cloudformation', 'route53'].includes(service ?? '')) {
    const error = `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
    response.end(`<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`);
  } else {
    response.setHeader('x-amzn-errortype', 'AccessDeniedException');
    response.end(JSON.stringify({ __type: 'AccessDeniedException', message }));
  }
}
