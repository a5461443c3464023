import type { Server } from 'node:http';
import type { Place, Sent } from './place.ts';
import type { Document } from './schema.ts';

/** A running service, and what the walk must know to reach all of it. */
export interface Walked {
  readonly fastify: { inject(sent: Sent): Promise<{ statusCode: number }> };
  /** Its OpenAPI document: which fields and parameters there are. */
  readonly document: Document;
  /** First segment of every path, without slashes. */
  readonly contextPath: string;
  /** Its access table: which routes there are, and which look at no token. */
  readonly table: Readonly<Record<string, { readonly anybody: boolean | string }>>;
  /** Listens on a port of this machine; shows which headers are read. */
  readonly server: Server;
  /** An origin that it lets call. */
  readonly origin: string;
  /** The most bytes that a header may have. */
  readonly headerBytes: number;
  /** Who calls: the headers that say so. The last one may do everything. */
  readonly senders: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Valid values of parameters and fields, so that a wrong one does not hide another. */
  values(route: string, sender: string, field?: string): Readonly<Record<string, unknown>>;
  /** Inputs that no document names, such as the claims of a token. */
  readonly others?: readonly Place[];
}
