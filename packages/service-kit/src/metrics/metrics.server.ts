import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { refusalInDevelopment } from '../protection/development-guard.js';
import { Metrics } from './metrics.js';

/** Where metrics are served. */
export interface MetricsAddress {
  host: string;
  /** 0: nowhere. */
  port: number;
  /** Whether web pages of other origins are refused (development-guard.ts). */
  isForDevelopment: boolean;
}

/** Injection token of the {@link MetricsAddress}. */
export const METRICS_ADDRESS = Symbol('MetricsAddress');

/** Scrapers need a few; no probe asks this port. */
const MOST_CONNECTIONS = 100;

/** With a query or a slash at the end too, as scrapers and browsers write it. */
const METRICS = /^\/metrics\/?(?:\?|$)/;

/**
 * Serves `/metrics` on a port of its own, which no Ingress leads to and which
 * still answers while the service is shutting down.
 */
@Injectable()
export class MetricsServer implements OnApplicationShutdown {
  private readonly logger = new Logger(MetricsServer.name);
  private server: Server | undefined;
  private pending: Promise<string> | undefined;

  constructor(
    private readonly metrics: Metrics,
    @Inject(METRICS_ADDRESS) private readonly address: MetricsAddress,
  ) {}

  /** @throws Error with the code EADDRINUSE when the port is taken */
  async listen(): Promise<void> {
    const { host, port, isForDevelopment } = this.address;
    if (port === 0) return;
    this.server = createServer((request, response) => {
      const refusal = isForDevelopment ? refusalInDevelopment(request, { isPage: true }) : undefined;
      if (refusal) {
        response.writeHead(refusal.status, { 'content-type': 'text/plain' });
        response.end(`${refusal.code}: ${refusal.detail}\n`);
        return;
      }
      const { method = '', url = '' } = request;
      if (!['GET', 'HEAD'].includes(method) || !METRICS.test(url)) {
        response.writeHead(404).end();
        return;
      }
      this.text().then(
        (text) => response.writeHead(200, { 'content-type': this.metrics.contentType }).end(text),
        (error: unknown) => {
          this.logger.error(error);
          response.writeHead(500).end();
        },
      );
    });
    this.server.maxConnections = MOST_CONNECTIONS;
    this.server.listen(port, host);
    await once(this.server, 'listening');
  }

  /** Scrapes at the same time share one answer: gauges ask the database. */
  private text(): Promise<string> {
    this.pending ??= this.metrics.text().finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  onApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }
}
