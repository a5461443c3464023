import { execFile } from 'node:child_process';
import { createServer, request, type Server } from 'node:http';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { freePort } from '../free-port.ts';
import { waitFor } from '../wait.ts';

/**
 * A registry that behaves as ECR with immutable tags: a tag that is there cannot be pushed again. It is the public
 * image `registry:3` behind a door that says no.
 */
export class ImmutableRegistry {
  readonly host: string;
  private readonly container: string;
  private readonly door: Server;

  private constructor(host: string, container: string, door: Server) {
    this.host = host;
    this.container = container;
    this.door = door;
  }

  /** @param host e.g. `localhost:5077`: what images are named after */
  static async start(host: string): Promise<ImmutableRegistry> {
    const inner = await freePort();
    const publish = `127.0.0.1:${inner}:5000`;
    const container = await docker('run', '--detach', '--rm', '--publish', publish, 'registry:3');
    await waitFor('the registry', async () => (await fetch(`http://127.0.0.1:${inner}/v2/`)).ok);
    const door = createServer((incoming, answer) => {
      void (async () => {
        const { method = 'GET', url = '/' } = incoming;
        const isTagged = /\/manifests\/(?!sha256:)/.test(url);
        if (method === 'PUT' && isTagged && (await isThere(inner, url))) {
          incoming.resume();
          answer.writeHead(400, { 'content-type': 'application/json' });
          answer.end(
            JSON.stringify({ errors: [{ code: 'TAG_INVALID', message: 'the tag is immutable and exists' }] }),
          );
          return;
        }
        const { headers } = incoming;
        const onward = request({ port: inner, host: '127.0.0.1', method, path: url, headers }, (response) => {
          answer.writeHead(response.statusCode ?? 502, response.headers);
          response.pipe(answer);
        });
        onward.on('error', () => answer.destroy());
        incoming.pipe(onward);
      })();
    });
    door.listen(Number(host.split(':')[1]), '127.0.0.1');
    await once(door, 'listening');
    return new ImmutableRegistry(host, container, door);
  }

  /** The tags of a repository. */
  async tags(repository: string): Promise<string[]> {
    const answer = await fetch(`http://${this.host}/v2/${repository}/tags/list`);
    const { tags } = (await answer.json()) as { tags?: string[] | null };
    return tags ?? [];
  }

  async stop(): Promise<void> {
    this.door.closeAllConnections();
    await new Promise((resolve) => this.door.close(resolve));
    await docker('rm', '--force', '--volumes', this.container);
  }
}

async function isThere(port: number, path: string): Promise<boolean> {
  const accept = ['oci.image.index.v1', 'oci.image.manifest.v1', 'docker.distribution.manifest.v2']
    .map((kind) => `application/vnd.${kind}+json`)
    .join(', ');
  return (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'HEAD', headers: { accept } })).ok;
}

/** Runs docker, while this process goes on answering. @returns what it printed */
export async function docker(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', words);
  return stdout.trim();
}
