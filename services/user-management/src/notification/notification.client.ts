import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { UnavailableError } from '@usermgmt/service-kit/app-error';
import { inUrl } from '@usermgmt/service-kit/fetch-target';
import { HealthChecks } from '@usermgmt/service-kit/health';
import { Tracer } from '@usermgmt/service-kit/tracing/tracer';
import pLimit from 'p-limit';
import { CONFIG, type Config } from '../config.js';
import { DeliveryError } from './delivery-error.js';
import { isAcceptance, type NotificationAnswer, refusalOf } from './notification-answer.js';
import { NotificationToken } from './notification-token.js';

/** Notification's own call to the mail server is shorter, so that its answer comes first. */
export const NOTIFICATION_TIMEOUT_MS = 2_000;

/** Concurrency of the calls that clients cause, and how many of them may wait: with it, none waits for more than 10 s. */
const TEXTS_AT_ONCE = 16;
const TEXTS_WAITING = 64;

/** A mail on its way. */
export interface Delivery {
  /** The Idempotency-Key. */
  id: string;
  /** The request body, as JSON. */
  payload: string;
  traceHeader: string | null;
}

interface CallOptions {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

/**
 * Calls the notification service; every call ends within 2 s, on a connection of its own. Kubernetes chooses a pod for
 * each connection, so that one which is kept would stay with one pod: a canary or a pod that was added would get nothing.
 */
@Injectable()
export class NotificationClient implements OnModuleInit {
  private readonly base: string;
  /** As traces call the other side. */
  private readonly name: string;
  private readonly texts = pLimit(TEXTS_AT_ONCE);

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly health: HealthChecks,
    private readonly tracer: Tracer,
    private readonly token: NotificationToken,
  ) {
    const host = config.NOTIFICATION_SERVICE_HOST;
    this.name = host;
    this.base = `http://${inUrl(host)}:${config.NOTIFICATION_SERVICE_PORT}/notification`;
  }

  onModuleInit(): void {
    this.health.dependOn('notification', async () => {
      await this.read('health-status').catch((error: unknown) => {
        throw new Error((error as UnavailableError).code);
      });
    });
  }

  /** Hands a mail over. @throws DeliveryError */
  async send({ id, payload, traceHeader }: Delivery): Promise<void> {
    let answer: NotificationAnswer;
    try {
      answer = await this.call('send', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': id,
          ...(traceHeader !== null && { 'x-amzn-trace-id': traceHeader }),
        },
        body: payload,
      });
    } catch (error) {
      throw new DeliveryError(networkReason(error), 'retry');
    }
    if (!isAcceptance(answer)) throw refusalOf(answer);
  }

  /**
   * Reads a text of notification's. Each caller gets a call of its own, which its trace shows; how many connections
   * clients without a token can open here is bounded.
   *
   * @param path one that the code names, never a client's
   * @throws UnavailableError when notification does not answer, or when too many wait already
   */
  async text(path: string): Promise<string> {
    if (this.texts.pendingCount >= TEXTS_WAITING) {
      throw new UnavailableError(
        'TOO_BUSY',
        'Too many requests wait for the notification service; try again',
      );
    }
    return this.texts(() => this.read(path));
  }

  private async read(path: string): Promise<string> {
    try {
      const { status, body } = await this.call(path, {});
      if (status < 300) return body;
      throw new Error(`status ${status}`);
    } catch (cause) {
      throw new UnavailableError(
        'NOTIFICATION_UNAVAILABLE',
        'The notification service does not answer; try again',
        { cause },
      );
    }
  }

  /** Reads a JSON answer of notification's. @throws UnavailableError */
  async json(path: string): Promise<unknown> {
    const body = await this.text(path);
    try {
      return JSON.parse(body) as unknown;
    } catch (cause) {
      throw new UnavailableError(
        'NOTIFICATION_UNAVAILABLE',
        'The notification service answered without sense',
        { cause },
      );
    }
  }

  /** One call, as a part of the present trace. Rejects as fetch does. */
  private call(path: string, { headers, ...init }: CallOptions): Promise<NotificationAnswer> {
    return this.tracer.capture({ name: this.name, namespace: 'remote' }, async (span) => {
      const url = `${this.base}/${path}`;
      const trace = span?.header ?? this.tracer.header();
      const token = await this.token.get();
      const response = await fetch(url, {
        ...init,
        // A mail goes nowhere but to notification.
        redirect: 'manual',
        headers: {
          ...headers,
          connection: 'close',
          ...(trace !== undefined && { 'x-amzn-trace-id': trace }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        signal: AbortSignal.timeout(NOTIFICATION_TIMEOUT_MS),
      });
      const body = await response.text();
      const { status } = response;
      if (status === 401) this.token.forget();
      span?.set('http', {
        request: { method: init.method ?? 'GET', url, traced: true },
        response: { status, content_length: Buffer.byteLength(body) },
      });
      span?.setStatus(status);
      return {
        status,
        contentType: response.headers.get('content-type') ?? undefined,
        body,
        retryAfterSeconds: retryAfterSeconds(response),
      };
    });
  }
}

function networkReason(error: unknown): string {
  const { name, code, cause } = error as { name: string; code?: string; cause?: { code?: string } };
  if (name === 'TimeoutError') return `no answer within ${NOTIFICATION_TIMEOUT_MS} ms`;
  return cause?.code ?? (typeof code === 'string' ? code : name);
}

function retryAfterSeconds(response: Response): number {
  const seconds = Number(response.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : 0;
}
