import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe } from '@jest/globals';
import { EmulatedAws, hasAws } from '../../../../packages/testing/src/pipeline/aws.ts';
import { needsOf, type AwsRequest } from './needs.ts';
import type { Role } from './synthesized-account.ts';
import { isAllowed, type Need } from './verdict.ts';

/** `describe` for tests with an AWS that is recorded. */
export const describeWithAws = hasAws ? describe : describe.skip;
if (!hasAws) {
  process.stderr.write(
    '!!! SKIPPED: the rights of roles: aws and moto_server are not installed (pip install -r infra/requirements.txt)\n',
  );
}

const DENIED = 403;

/** What a program wanted, under which role, and whether the role's policies allow it. */
export interface RecordedNeed extends Need {
  role: Role;
  isAllowed: boolean;
}

/**
 * An AWS that answers as moto does, but only what the policies of the caller's role allow, as AWS itself does. moto can
 * evaluate policies too; it takes no account of conditions and of most resources:
 * https://github.com/getmoto/moto/blob/master/moto/iam/access_control.py
 */
export class RecordedAws {
  private readonly needs: RecordedNeed[] = [];
  /** Calls of which needs.ts does not say what they need. */
  readonly unknown: string[] = [];
  /** moto itself, for what a test prepares. */
  readonly emulator: EmulatedAws;
  private readonly server: Server;
  private readonly roles: Role[] = [];

  private constructor(emulator: EmulatedAws) {
    this.emulator = emulator;
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
  }

  /** @param folder for files of the emulator */
  static async start(folder: string): Promise<RecordedAws> {
    const recorded = new RecordedAws(await EmulatedAws.start(folder));
    recorded.server.listen(0, '127.0.0.1');
    await once(recorded.server, 'listening');
    return recorded;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The environment of a program that runs under a role: where AWS is, and credentials of the role. */
  environment(role: Role): Record<string, string> {
    if (!this.roles.includes(role)) this.roles.push(role);
    return {
      ...this.emulator.environment,
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: `ROLE${this.roles.indexOf(role)}`,
    };
  }

  /** What programs wanted under a role. */
  of(role: Role): RecordedNeed[] {
    return this.needs.filter((need) => need.role === role);
  }

  /** What programs wanted under a role and may not, one sentence each. */
  denied(role: Role): string[] {
    return this.of(role)
      .filter((need) => !need.isAllowed)
      .map(({ action, resource }) => `${role.name} may not ${action} on ${resource}`);
  }

  /** Makes one call under a role, for a program that cannot run here. */
  async call(role: Role, service: string, operation: string, parameters: object): Promise<void> {
    const key = this.environment(role).AWS_ACCESS_KEY_ID;
    await fetch(this.url, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/${service}/aws4_request`,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `${service}.${operation}`,
      },
      body: JSON.stringify(parameters),
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.emulator.stop();
  }

  private async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(incoming);
    const { method = 'GET', url: path = '/', headers } = incoming;
    const scope = /Credential=ROLE(\d+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '');
    const [, index, region = '', service = ''] = scope ?? [];
    const role = this.roles[Number(index)];
    try {
      if (role === undefined) throw new Error(`${method} ${path} has no credentials of a role`);
      const denied = await this.decide(role, { service, region, method, path, headers, body });
      if (denied) deny(response, service, denied);
      else await this.forward(incoming, body, response);
    } catch (error) {
      this.unknown.push(String(error));
      response.writeHead(501).end();
    }
  }

  /** Records what a call needs. @returns the first need that the role's policies do not allow */
  private async decide(role: Role, request: AwsRequest): Promise<Need | undefined> {
    const needs = await Promise.all(
      needsOf(request, role.account).map(async (need) => ({
        ...need,
        role,
        isAllowed: await isAllowed(role, need),
      })),
    );
    this.needs.push(...needs);
    return needs.find((need) => !need.isAllowed);
  }

  private async forward(incoming: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const { authorization = '', 'content-type': type, 'x-amz-target': target } = incoming.headers;
    const { method = 'GET', url = '/' } = incoming;
    const answer = await fetch(`${this.emulator.environment.AWS_ENDPOINT_URL}${url}`, {
      method,
      headers: {
        authorization,
        ...(type !== undefined && { 'content-type': type }),
        ...(typeof target === 'string' && { 'x-amz-target': target }),
      },
      ...(body !== '' && { body }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    response.end(await answer.text());
  }
}

/** Services whose APIs answer in XML. */
const XML = ['cloudformation', 'route53', 'ses'];

/** Says no as AWS does: in JSON or in XML, as the API of the service has it. */
function deny(response: ServerResponse, service: string, { action, resource }: Need): void {
  const message = `not authorized to perform: ${action} on resource: ${resource}`;
  const isXml = XML.includes(service);
  response.writeHead(DENIED, { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1' });
  response.end(
    isXml
      ? `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`
      : JSON.stringify({ __type: 'AccessDeniedException', message }),
  );
}
