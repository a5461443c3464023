import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { compare as compareBcrypt } from 'bcryptjs';
import { HashingSlots } from './hashing-slots.js';
import { opaqueString } from './opaque-string.js';
import { type Argon2Hash, formatArgon2, isBcrypt, parseArgon2 } from './password-hash.js';

/** OWASP's second choice for Argon2id: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** A BCrypt hash of the original's cost, of a password that nobody has. */
const NOBODYS_BCRYPT = '$2a$04$abcdefghijklmnopqrstuuAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

const hash = promisify(argon2);

/** What a check found. */
export interface PasswordCheck {
  isRight: boolean;
  /** If it is right and the stored hash is an old one: what to store instead. */
  better: string | undefined;
}

/** Hashes and checks passwords with Argon2id, a few at once, off the event loop. */
@Injectable()
export class PasswordHasher {
  private readonly slots = new HashingSlots();

  /** Passwords that are being hashed, and those that wait for it. */
  get queue(): { running: number; waiting: number } {
    return this.slots.queue;
  }

  /**
   * Call before expensive work that precedes {@link check}: throws at once when the queue is full.
   *
   * @param from the client's network
   * @throws UnavailableError when too many are being hashed
   */
  refuseIfFull(from = ''): void {
    this.slots.refuseIfFull(from);
  }

  /**
   * @param from the client's network; the passwords of one network wait in one line
   * @returns a PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`
   * @throws UnavailableError when too many are being hashed
   */
  async hash(password: string, from = ''): Promise<string> {
    return this.slots.run(() => compute(opaqueString(password)), from);
  }

  /**
   * Checks a password against what is stored, which may be nothing. The work
   * is the same in any case, one BCrypt of the original's cost and one
   * Argon2id, so that its time does not tell whether a user exists.
   *
   * A password is compared as {@link opaqueString} spells it and, where that
   * is another spelling, also as given: hashes were once made from that.
   *
   * @param from the client's network; the passwords of one network wait in one line
   * @throws UnavailableError when too many are being hashed
   */
  async check(password: string, stored: string | undefined, from = ''): Promise<PasswordCheck> {
    const prepared = opaqueString(password);
    const found = await this.slots.run(() => checkOne(prepared, stored), from);
    if (found.isRight || prepared === password) return found;
    const { isRight } = await this.slots.run(() => checkOne(password, stored), from);
    return { isRight, better: isRight ? await this.hash(prepared, from) : undefined };
  }
}

async function checkOne(password: string, stored: string | undefined): Promise<PasswordCheck> {
  const old = stored !== undefined && isBcrypt(stored) ? stored : undefined;
  const isOldRight = await compareBcrypt(password, old ?? NOBODYS_BCRYPT);
  const present = stored === undefined ? undefined : parseArgon2(stored);
  if (present === undefined) {
    const better = await compute(password);
    const isRight = old !== undefined && isOldRight;
    return { isRight, better: isRight ? better : undefined };
  }
  const isRight = timingSafeEqual(await digestOf(password, present), present.digest);
  return { isRight, better: isRight && isWeak(present) ? await compute(password) : undefined };
}

async function compute(password: string): Promise<string> {
  const parameters = { ...PARAMETERS, salt: randomBytes(SALT_BYTES), digest: Buffer.alloc(HASH_BYTES) };
  return formatArgon2({ ...parameters, digest: await digestOf(password, parameters) });
}

function digestOf(
  password: string,
  { memory, passes, parallelism, salt, digest }: Argon2Hash,
): Promise<Buffer> {
  return hash('argon2id', {
    ...{ memory, passes, parallelism },
    message: password,
    nonce: salt,
    tagLength: digest.length,
  });
}

const isWeak = ({ memory, passes }: Argon2Hash): boolean =>
  memory < PARAMETERS.memory || passes < PARAMETERS.passes;
