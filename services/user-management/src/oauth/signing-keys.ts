import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { calculateJwkThumbprint, exportJWK, type JSONWebKeySet, type JWK } from 'jose';

const RSA_BITS = 2_048;

/** How tokens are signed at present. */
export interface SigningKey {
  kid: string;
  algorithm: 'RS256' | 'EdDSA';
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/** The key that signs, and all whose signatures count. */
export interface SigningKeys {
  present: SigningKey;
  /** What others check tokens with; the first is the present one. */
  published: JSONWebKeySet;
}

/**
 * Reads the keys. Their ids are their thumbprints (RFC 7638), so that every
 * replica and every order gives a key the same one.
 *
 * @param signingFile PEM with a private key: RSA of 2,048 bits or more, or Ed25519
 * @param acceptedFiles PEMs with private or public keys that sign no more, or not yet
 */
export async function readSigningKeys(
  signingFile: string,
  acceptedFiles: readonly string[],
): Promise<SigningKeys> {
  const privateKey = createPrivateKey(readFileSync(signingFile));
  const publicKey = createPublicKey(privateKey);
  const first = await publishedKey(publicKey);
  const others = await Promise.all(
    acceptedFiles.map((file) => publishedKey(createPublicKey(readFileSync(file)))),
  );
  const unique = new Map([first, ...others].map((key) => [key.kid, key]));
  return {
    present: { kid: first.kid, algorithm: algorithmOf(publicKey), privateKey, publicKey },
    published: { keys: [...unique.values()] },
  };
}

async function publishedKey(key: KeyObject): Promise<JWK & { kid: string }> {
  const jwk = await exportJWK(key);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithmOf(key), use: 'sig' };
}

function algorithmOf(key: KeyObject): SigningKey['algorithm'] {
  return key.asymmetricKeyType === 'rsa' ? 'RS256' : 'EdDSA';
}

/** What is wrong with a key's file; undefined: nothing. Quotes nothing of it. */
export function wrongKeyFile(file: string, wants: 'private' | 'any'): string | undefined {
  try {
    const pem = readFileSync(file);
    const key = wants === 'private' ? createPrivateKey(pem) : createPublicKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return undefined;
    if (key.asymmetricKeyType === 'rsa') {
      const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
      return modulusLength >= RSA_BITS ? undefined : `must have RSA keys of ${RSA_BITS} bits or more`;
    }
  } catch {
    // Reported below, like a key of another kind.
  }
  const kind = wants === 'private' ? 'a private key' : 'private or public keys';
  return `must be readable PEM with ${kind}, RSA or Ed25519`;
}
