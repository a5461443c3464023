import { argon2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { UnavailableError } from '@usermgmt/service-kit/app-error';
import pLimit from 'p-limit';

/** OWASP's second choice for Argon2id: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const PARAMETERS = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Each takes a thread and 19 MiB for about 20 ms; libuv has four threads, and other work needs some. */
const AT_ONCE = 2;
/** About 3 s of work: whoever would wait longer is told to come again. */
const MOST_WAITING = 250;

const hash = promisify(argon2);
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** Hashes passwords with Argon2id, a few at once, off the event loop. */
@Injectable()
export class PasswordHasher {
  private readonly limit = pLimit(AT_ONCE);

  /** Passwords that are being hashed, and those that wait for it. */
  get queue(): { running: number; waiting: number } {
    return { running: this.limit.activeCount, waiting: this.limit.pendingCount };
  }

  /**
   * @returns a PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`
   * @throws UnavailableError when too many wait already
   */
  async hash(password: string): Promise<string> {
    if (this.limit.pendingCount >= MOST_WAITING) {
      throw new UnavailableError('TOO_BUSY', 'Too many passwords are being hashed; try again');
    }
    return this.limit(async () => {
      const salt = randomBytes(SALT_BYTES);
      const digest = await hash('argon2id', {
        ...PARAMETERS,
        message: password,
        nonce: salt,
        tagLength: HASH_BYTES,
      });
      const { memory, passes, parallelism } = PARAMETERS;
      return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(digest)}`;
    });
  }
}
