import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import type { OAuthClient } from './client-list.js';

/** The clients there are. */
@Injectable()
export class OAuthClients {
  private readonly byId: ReadonlyMap<string, OAuthClient>;

  constructor(@Inject(CONFIG) { AUTH_CLIENTS: clients }: Pick<Config, 'AUTH_CLIENTS'>) {
    this.byId = new Map(clients.map((client) => [client.id, client]));
  }

  find(id: string): OAuthClient | undefined {
    return this.byId.get(id);
  }

  /** @param secret undefined for a public client, and only for one */
  authenticate(id: string, secret: string | undefined): OAuthClient | undefined {
    const client = this.byId.get(id);
    if (client?.secretSha256 === undefined) return secret === undefined ? client : undefined;
    if (secret === undefined) return undefined;
    const digest = createHash('sha256').update(secret).digest();
    return timingSafeEqual(digest, Buffer.from(client.secretSha256, 'hex')) ? client : undefined;
  }
}
