import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { EmulatedAws } from '../../../../packages/testing/src/pipeline/aws.ts';
import { needsOf, type AwsRequest } from './needs.ts';
import type { Role, SynthesizedAccount } from './synthesized-account.ts';
import { isAllowed, type Need } from './verdict.ts';

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
  /** Everything that programs wanted, in its order. */
  readonly needs: RecordedNeed[] = [];
  /** Calls of which nothing says what they need. */
  readonly unknown: string[] = [];
  /** moto itself, for what a test prepares. */
  readonly emulator: EmulatedAws;
  private readonly account: SynthesizedAccount;
  private readonly server: Server;
  private readonly roles: Role[] = [];

  private constructor(account: SynthesizedAccount, emulator: EmulatedAws) {
    this.account = account;
    this.emulator = emulator;
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
  }

  /** @param folder for files of the emulator */
  static async start(account: SynthesizedAccount, folder: string): Promise<RecordedAws> {
    const recorded = new RecordedAws(account, await EmulatedAws.start(folder));
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

  /** What programs wanted and may not, one sentence each. */
  get denied(): string[] {
    return this.needs
      .filter((need) => !need.isAllowed)
      .map(({ role, action, resource }) => `${role.name} may not ${action} on ${resource}`);
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
      if (denied) deny(response, headers, denied);
      else await this.forward(incoming, body, response);
    } catch (error) {
      this.unknown.push(String(error));
      response.writeHead(501).end();
    }
  }

  /** Records what a call needs. @returns the first need that the role's policies do not allow */
  private async decide(role: Role, request: AwsRequest): Promise<Need | undefined> {
    const needs = await Promise.all(
      needsOf(request, this.account.config.account).map(async (need) => ({
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

/** Says no as AWS does: in JSON or in XML, as the API of the service has it. */
function deny(
  response: ServerResponse,
  headers: IncomingMessage['headers'],
  { action, resource }: Need,
): void {
  const message = `not authorized to perform: ${action} on resource: ${resource}`;
  const isXml = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  response.writeHead(403, { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1' });
  response.end(
    isXml
      ? `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`
      : JSON.stringify({ __type: 'AccessDeniedException', message }),
  );
}
