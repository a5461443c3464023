import { readFileSync } from 'node:fs';
import type { TokenIssuer } from '../../src/token-issuer.ts';

const ROOT = new URL('../../../../', import.meta.url);
const fromRoot = (path: string): string => new URL(path, ROOT).pathname;

/** What of a service can be seen. */
export type Feature = 'metrics' | 'logs' | 'traces';

/** One of the things that are compared. */
export interface Variant {
  name: string;
  /** In tables. */
  title: string;
  kind: 'floor' | 'user-management' | 'notification' | 'peer';
  features: readonly Feature[];
  /**
   * Runs with NODE_ENV and NODE_OPTIONS of the image, lets in by tokens and counts requests; otherwise with V8's
   * defaults, and open to everybody.
   */
  asInProduction: boolean;
}

const variant = (
  kind: Variant['kind'],
  name: string,
  title: string,
  features: readonly Feature[] = [],
  asInProduction = false,
): Variant => ({ name, title, kind, features, asInProduction });

const ALL: readonly Feature[] = ['metrics', 'logs', 'traces'];

/** Everything that is compared, in the order of the tables. */
export const VARIANTS: readonly Variant[] = [
  variant('floor', 'floor', 'floor: node:http + mysql2'),
  variant('floor', 'floor-image', "floor with the image's NODE_OPTIONS", [], true),
  variant('user-management', 'off', 'user-management, everything off'),
  variant('user-management', 'metrics', 'off + metrics', ['metrics']),
  variant('user-management', 'logs', 'off + a log line a request', ['logs']),
  variant('user-management', 'traces', 'off + X-Ray, default sampling', ['traces']),
  variant('user-management', 'production', '**as production runs it**', ALL, true),
  variant('peer', 'peer', 'peer: Nest on Express, TypeORM, automatic X-Ray', ['traces']),
  variant('notification', 'send-off', 'notification, everything off'),
  variant('notification', 'send-production', '**as production runs it**', ALL, true),
];

/** What surrounds a server: ports, and the issuer of tokens. */
export interface Surroundings {
  issuer: TokenIssuer;
  metrics: number;
  xray: number;
  notification: number;
  mailbox: number;
}

/** The file that Node runs. */
export function entryOf({ kind }: Variant): string {
  const testing = 'packages/testing';
  if (kind === 'floor') return fromRoot(`${testing}/bench/price/floor.mjs`);
  if (kind === 'peer') return fromRoot(`${testing}/dist/peer.js`);
  return fromRoot(`services/${kind}/dist/main.js`);
}

/** The environment of a server, but for its port and its database. */
export function environmentOf(of: Variant, { issuer, ...ports }: Surroundings): Record<string, string> {
  const has = (feature: Feature): boolean => of.features.includes(feature);
  return {
    ...(of.asInProduction && { NODE_ENV: 'production', NODE_OPTIONS: imageNodeOptions() }),
    ...(has('traces') && { AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${ports.xray}` }),
    LOG_LEVEL: has('logs') ? 'info' : 'silent',
    METRICS_PORT: has('metrics') ? String(ports.metrics) : '0',
    ...(of.asInProduction && {
      AUTH_MODE: 'jwt',
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
      RATE_LIMIT_PER_MINUTE: '100000000',
      SIGN_UP_LIMIT_PER_HOUR: '1000000',
    }),
    ...(of.kind === 'user-management' && {
      NOTIFICATION_SERVICE_HOST: '127.0.0.1',
      NOTIFICATION_SERVICE_PORT: String(ports.notification),
    }),
    ...(of.kind === 'notification' && {
      AWS_ENDPOINT_URL_SES: `http://127.0.0.1:${ports.mailbox}`,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    }),
  };
}

/** What requests must bear to be let in. */
export async function headersFor(
  { kind, asInProduction }: Variant,
  issuer: TokenIssuer,
): Promise<Record<string, string>> {
  if (!asInProduction || kind === 'floor') return {};
  const options = { claims: { authorities: ['ROLE_ADMIN'] }, lifetime: 3_600 };
  const token =
    kind === 'notification'
      ? await issuer.token('user-management', 'notification', options)
      : await issuer.token('price', 'usermgmt', options);
  return { authorization: `Bearer ${token}` };
}

function imageNodeOptions(): string {
  const dockerfile = readFileSync(fromRoot('services/user-management/Dockerfile'), 'utf8');
  const options = /NODE_OPTIONS=(\S+)/.exec(dockerfile)?.[1];
  if (options === undefined) throw new Error("user-management's Dockerfile sets no NODE_OPTIONS");
  return options;
}
