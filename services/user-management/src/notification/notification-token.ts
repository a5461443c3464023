import { readFile } from 'node:fs/promises';
import type { TokenIssuer } from '../oauth/token-issuer.js';

/** Shows notification who is calling; which one is there depends on the configuration. */
export abstract class NotificationToken {
  /** @returns undefined: calls carry no token */
  abstract get(): Promise<string | undefined>;

  /** To be called when notification did not take the token: the next one is fetched anew. */
  abstract forget(): void;
}

/** For laptops, where notification asks nobody. */
export class NoNotificationToken extends NotificationToken {
  override get(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  override forget(): void {
    // There is nothing.
  }
}

const FILE_KEPT_MS = 10_000;

/** A projected service-account token, which Kubernetes replaces long before it ends. */
export class FileNotificationToken extends NotificationToken {
  private token: Promise<string> | undefined;
  private until = 0;

  constructor(private readonly file: string) {
    super();
  }

  /** @throws what reading the file throws */
  override get(): Promise<string> {
    if (this.token === undefined || Date.now() >= this.until) {
      this.until = Date.now() + FILE_KEPT_MS;
      this.token = readFile(this.file, 'utf8').then((text) => text.trim());
      this.token.catch(() => {
        this.forget();
      });
    }
    return this.token;
  }

  override forget(): void {
    this.token = undefined;
  }
}

const SUBJECT = 'user-management';
const AUDIENCE = 'notification';
const LIFETIME_S = 300;
/** A token is on its way for 2 s at most; clocks may differ by more. */
const RENEWED_BEFORE_END_MS = 60_000;

/** A token that this service signs itself (AUTH_MODE=local). */
export class IssuedNotificationToken extends NotificationToken {
  private token: Promise<string> | undefined;
  private until = 0;

  constructor(private readonly issuer: TokenIssuer) {
    super();
  }

  override get(): Promise<string> {
    if (this.token === undefined || Date.now() >= this.until) {
      this.until = Date.now() + LIFETIME_S * 1_000 - RENEWED_BEFORE_END_MS;
      this.token = this.issuer.forService(SUBJECT, AUDIENCE, LIFETIME_S);
    }
    return this.token;
  }

  override forget(): void {
    this.token = undefined;
  }
}
