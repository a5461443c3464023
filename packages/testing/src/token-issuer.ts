import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import type { Certificate } from './certificate.ts';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

/** How a token is to be wrong, or special. */
export interface TokenOptions {
  claims?: JWTPayload;
  /** Seconds from now to its end; negative: it has ended. */
  lifetime?: number;
  /** Signs with this instead of the issuer's present key. */
  key?: KeyPair['privateKey'] | Uint8Array;
  algorithm?: string;
  keyId?: string;
}

/** An OIDC issuer with real keys and a real server for them. */
export interface TokenIssuer {
  issuer: string;
  jwksUrl: string;
  /** The requests for the keys, as they came. */
  requests: IncomingHttpHeaders[];
  /** The status that a request for the keys gets. */
  status: number;
  /** A token that counts, unless the options say otherwise. */
  token(subject: string, audience: string, options?: TokenOptions): Promise<string>;
  /** A token with the algorithm `none`. */
  unsigned(subject: string, audience: string): string;
  /** A token whose HMAC has the public key's text as its secret. */
  signedWithPublicKey(subject: string, audience: string): Promise<string>;
  /** Makes a new key and signs with it. @param keepOld whether the JWKS holds the old ones still */
  rotate(keepOld: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** How the API server of Kubernetes differs from an issuer on the Internet. */
export interface IssuerOptions {
  certificate?: Certificate;
  /** The bearer token without which it shows no keys. */
  wantsToken?: string;
}

/** Starts an issuer; its first key is RSA, each further one Ed25519. */
export async function startIssuer({ certificate, wantsToken }: IssuerOptions = {}): Promise<TokenIssuer> {
  let published: JWK[] = [];
  let present: KeyPair & { kid: string; alg: string };
  const addKey = async (alg: string): Promise<void> => {
    const pair = await generateKeyPair(alg, { extractable: true });
    present = { ...pair, kid: `key-${published.length}-${Date.now()}`, alg };
    published = [...published, { ...(await exportJWK(pair.publicKey)), kid: present.kid, alg, use: 'sig' }];
  };
  await addKey('RS256');
  const answer: RequestListener = (request, response) => {
    it.requests.push(request.headers);
    const isKnown = wantsToken === undefined || request.headers.authorization === `Bearer ${wantsToken}`;
    response.writeHead(isKnown ? it.status : 403, { 'content-type': 'application/json' });
    response.end(isKnown ? JSON.stringify({ keys: published }) : '{}');
  };
  const server = certificate
    ? createTlsServer(
        { key: readFileSync(certificate.key), cert: readFileSync(certificate.certificate) },
        answer,
      )
    : createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `${certificate ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const claimsOf = (subject: string, audience: string): JWTPayload => ({
    iss: issuer,
    sub: subject,
    aud: audience,
  });
  const it: TokenIssuer = {
    issuer,
    jwksUrl: `${issuer}/jwks.json`,
    requests: [],
    status: 200,
    token(subject, audience, { claims, lifetime = 300, key, algorithm, keyId } = {}) {
      return new SignJWT({ ...claimsOf(subject, audience), ...claims })
        .setProtectedHeader({ alg: algorithm ?? present.alg, kid: keyId ?? present.kid })
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1_000) + lifetime)
        .sign(key ?? present.privateKey);
    },
    unsigned: (subject, audience) =>
      new UnsecuredJWT(claimsOf(subject, audience)).setExpirationTime('5 min').encode(),
    async signedWithPublicKey(subject, audience) {
      const secret = new TextEncoder().encode(await exportSPKI(present.publicKey));
      return it.token(subject, audience, { key: secret, algorithm: 'HS256' });
    },
    async rotate(keepOld) {
      if (!keepOld) published = [];
      await addKey('EdDSA');
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return it;
}
