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

/**
 * Serves `/metrics` on a port of its own, which no Ingress leads to and which
 * still answers while the service is shutting down.
 */
@Injectable()
export class MetricsServer implements OnApplicationShutdown {
  private readonly logger = new Logger(MetricsServer.name);
  private server: Server | undefined;

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
      const isMetrics = request.url === '/metrics' && request.method === 'GET';
      if (!isMetrics) {
        response.writeHead(404).end();
        return;
      }
      this.metrics.text().then(
        (text) => response.writeHead(200, { 'content-type': this.metrics.contentType }).end(text),
        (error: unknown) => {
          this.logger.error(error);
          response.writeHead(500).end();
        },
      );
    });
    this.server.listen(port, host);
    await once(this.server, 'listening');
  }

  onApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }
}
