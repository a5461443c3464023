import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from '../certificate.ts';

/** What a load balancer with a certificate is to a client: HTTPS under a name, in front of a port of a node. */
export class HttpsFront {
  /** Of curl, so that the name leads here: the contents of a .curlrc. */
  readonly curlrc: string;
  private readonly server: Server;

  private constructor(server: Server, curlrc: string) {
    this.server = server;
    this.curlrc = curlrc;
  }

  /**
   * @param folder for the certificate
   * @param portOf where to go on, asked for each request
   */
  static async start(folder: string, name: string, portOf: () => number): Promise<HttpsFront> {
    const { key, certificate } = makeCertificate(folder, `DNS:${name}`);
    const server = createServer(
      { key: readFileSync(key), cert: readFileSync(certificate) },
      (incoming, answer) => {
        const { method, url: path, headers } = incoming;
        const onward = request({ host: '127.0.0.1', port: portOf(), method, path, headers }, (response) => {
          answer.writeHead(response.statusCode ?? 502, response.headers);
          response.pipe(answer);
        });
        onward.on('error', () => answer.writeHead(502).end());
        incoming.pipe(onward);
      },
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const curlrc = `connect-to = "${name}:443:127.0.0.1:${port}"\ncacert = "${certificate}"\n`;
    return new HttpsFront(server, curlrc);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
