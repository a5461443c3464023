import { connect } from 'node:net';
import {
  SendEmailCommand,
  type SendEmailCommandOutput,
  SESClient,
  SESServiceException,
} from '@aws-sdk/client-ses';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Span, Tracer } from '@usermgmt/service-kit/tracing/tracer';
import type { Config } from '../../config.js';
import { withDeadline } from '../deadline.js';
import { type Mail, MailSender, SEND_DEADLINE_MS } from '../mail-sender.js';
import { sesError } from './ses-errors.js';

const CONNECT_TIMEOUT_MS = 600;
const REQUEST_TIMEOUT_MS = 1_200;
const CHECK_TIMEOUT_MS = 800;

/** Which variables {@link SesMailSender} reads. */
export type SesConfig = Pick<
  Config,
  | 'AWS_REGION'
  | 'AWS_ENDPOINT_URL_SES'
  | 'AWS_MAIL_SERVER_FROM_ADDRESS'
  | 'SES_CONFIGURATION_SET'
  | 'SES_MESSAGE_TAGS'
>;

/**
 * Sends through the SES API, with the credentials of the SDK's default chain
 * (Pod Identity, IRSA, profile, variables). It tries once: the caller repeats,
 * and knows better when.
 */
export class SesMailSender extends MailSender implements OnApplicationShutdown {
  private readonly client: SESClient;

  constructor(
    private readonly config: SesConfig,
    private readonly tracer: Tracer,
  ) {
    super();
    this.client = new SESClient({
      region: config.AWS_REGION,
      ...(config.AWS_ENDPOINT_URL_SES !== undefined && { endpoint: config.AWS_ENDPOINT_URL_SES }),
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: CONNECT_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        throwOnRequestTimeout: true,
      },
    });
  }

  async send(mail: Mail): Promise<void> {
    try {
      await this.tracer.capture({ name: 'SES', namespace: 'aws' }, async (span) => {
        await this.sendTraced(this.commandFor(mail), span);
      });
    } catch (error) {
      const { hostname } = await this.endpoint();
      throw sesError(error, this.config.AWS_MAIL_SERVER_FROM_ADDRESS, hostname);
    }
  }

  /** Connects to the endpoint and no more: an API call would cost quota and permissions. */
  async check(): Promise<void> {
    const url = await this.endpoint();
    await canConnect(url.hostname, Number(url.port) || (url.protocol === 'http:' ? 80 : 443));
  }

  onApplicationShutdown(): void {
    this.client.destroy();
  }

  private async endpoint(): Promise<URL> {
    const { config } = this.client;
    return config.endpointProvider({
      Region: await config.region(),
      UseFIPS: await config.useFipsEndpoint(),
      UseDualStack: await config.useDualstackEndpoint(),
      Endpoint: this.config.AWS_ENDPOINT_URL_SES,
    }).url;
  }

  private async sendTraced(command: SendEmailCommand, span: Span | undefined): Promise<void> {
    const describe = ({ requestId, httpStatusCode }: SendEmailCommandOutput['$metadata']): void => {
      span?.set('aws', { operation: 'SendEmail', region: this.config.AWS_REGION, request_id: requestId });
      if (httpStatusCode === undefined) return;
      span?.set('http', { response: { status: httpStatusCode } });
      span?.setStatus(httpStatusCode);
    };
    let output: SendEmailCommandOutput;
    try {
      // The signal ends the request, the deadline also waiting for credentials, which heeds no signal.
      output = await withDeadline(SEND_DEADLINE_MS, (abortSignal) =>
        this.client.send(command, { abortSignal }),
      );
      describe(output.$metadata);
    } catch (error) {
      describe(error instanceof SESServiceException ? error.$metadata : {});
      throw error;
    }
    // Something else answers in the place of SES, and has sent nothing.
    if (!output.MessageId) throw new NoMessageId(output.$metadata);
  }

  private commandFor({ subject, content, to, cc, bcc }: Mail): SendEmailCommand {
    const some = (addresses: readonly string[]): string[] | undefined =>
      addresses.length > 0 ? [...addresses] : undefined;
    return new SendEmailCommand({
      Source: this.config.AWS_MAIL_SERVER_FROM_ADDRESS,
      Destination: { ToAddresses: some(to), CcAddresses: some(cc), BccAddresses: some(bcc) },
      Message: {
        Subject: { Data: subject, Charset: 'UTF-8' },
        Body: { Text: { Data: content, Charset: 'UTF-8' } },
      },
      ConfigurationSetName: this.config.SES_CONFIGURATION_SET,
      Tags: this.config.SES_MESSAGE_TAGS && [...this.config.SES_MESSAGE_TAGS],
    });
  }
}

/** An answer that looks like SES's acceptance, without what SES names an accepted mail by. */
class NoMessageId extends Error {
  override readonly name = 'NoMessageId';

  constructor(readonly $metadata: SendEmailCommandOutput['$metadata']) {
    super();
  }
}

function canConnect(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: CHECK_TIMEOUT_MS });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => {
      socket.destroy();
      reject(new Error('cannot connect to SES: no answer'));
    });
    socket.once('error', ({ code = 'unknown error' }: NodeJS.ErrnoException) => {
      reject(new Error(`cannot connect to SES: ${code}`));
    });
  });
}
