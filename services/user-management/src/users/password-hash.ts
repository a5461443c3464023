/** An Argon2id hash of a password, with what is needed to compute it again. Memory is in KiB. */
export interface Argon2Hash {
  memory: number;
  passes: number;
  parallelism: number;
  salt: Buffer;
  digest: Buffer;
}

const PHC =
  /^\$argon2id\$v=19\$m=([1-9]\d{1,5}),t=([1-9]\d?),p=([1-4])\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** What a stored hash may cost to check: nobody who can write a row should be able to stop the service. */
const MOST_MEMORY_KIB = 65_536;
const MOST_PASSES = 10;

/** A PHC string: https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md */
export function formatArgon2({ memory, passes, parallelism, salt, digest }: Argon2Hash): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(digest)}`;
}

/** @returns undefined for anything else, and for what would cost too much */
export function parseArgon2(phc: string): Argon2Hash | undefined {
  const found = PHC.exec(phc);
  if (!found) return undefined;
  const [, memory = '', passes = '', parallelism = '', salt = '', digest = ''] = found;
  const hash = {
    ...{ memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    ...{ salt: Buffer.from(salt, 'base64'), digest: Buffer.from(digest, 'base64') },
  };
  return hash.memory <= MOST_MEMORY_KIB && hash.passes <= MOST_PASSES ? hash : undefined;
}

/** Whether it is a BCrypt hash whose cost (4 in the original) can be borne. */
export function isBcrypt(hash: string): boolean {
  return /^\$2[aby]\$(?:0[4-9]|1[0-2])\$[./A-Za-z0-9]{53}$/.test(hash);
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
