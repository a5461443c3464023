import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, type JWTPayload, SignJWT } from 'jose';

/** A folder with keys for AUTH_MODE=local. */
export interface LocalAuth {
  environment: Readonly<Record<string, string>>;
  /** Makes a key file. @returns its path */
  addKey(name: string, type: 'rsa' | 'ed25519'): string;
  drop(): void;
}

/** The secret of every client below; its SHA-256 is in {@link CLIENTS}. */
export const SECRET = 'client-secret';
const SECRET_SHA256 = 'fdce8e4a65b70d186bd77cba2e0c580dcf1c6497da9f1b70eed849497e1f8ba2';

/** One client of each kind. */
export const CLIENTS = [
  { id: 'page', grants: ['password', 'refresh_token'] },
  { id: 'other-page', grants: ['password', 'refresh_token'] },
  { id: 'login-only', secretSha256: SECRET_SHA256, grants: ['password'] },
  { id: 'reader', secretSha256: SECRET_SHA256, grants: ['client_credentials'], roles: ['ROLE_MODERATOR'] },
  { id: 'nobody', secretSha256: SECRET_SHA256, grants: ['client_credentials'] },
];

/** Makes a key, and the variables by which the service finds it and the {@link CLIENTS}. */
export function localAuth(type: 'rsa' | 'ed25519' = 'rsa'): LocalAuth {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-keys-'));
  const addKey = (name: string, kind: 'rsa' | 'ed25519'): string => {
    const { privateKey } =
      kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2_048 }) : generateKeyPairSync('ed25519');
    const file = join(folder, `${name}.pem`);
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    return file;
  };
  return {
    environment: {
      AUTH_MODE: 'local',
      AUTH_SIGNING_KEY_FILE: addKey('signing', type),
      AUTH_CLIENTS: JSON.stringify(CLIENTS),
      // Tests that are about limits set them.
      LOGIN_LIMIT_PER_MINUTE: '0',
      LOGIN_LIMIT_PER_ACCOUNT: '0',
      LOGIN_DELAY_MAX_SECONDS: '0',
      SIGN_UP_LIMIT_PER_HOUR: '0',
    },
    addKey,
    drop: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

/** Signs any claims with a key file, as the service would. */
export async function signWith(
  file: string,
  claims: JWTPayload,
  header: { alg?: string; kid?: string } = {},
): Promise<string> {
  const key = createPrivateKey(readFileSync(file));
  const kid = await calculateJwkThumbprint(await exportJWK(createPublicKey(key)));
  const alg = key.asymmetricKeyType === 'rsa' ? 'RS256' : 'EdDSA';
  return new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(key);
}
