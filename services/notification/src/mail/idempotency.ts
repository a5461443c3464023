import { AppError, type FieldError } from '@usermgmt/service-kit/app-error';
import { LRUCache } from 'lru-cache';

/** How much {@link Idempotency} remembers, and for how long. */
export interface IdempotencyOptions {
  maxKeys: number;
  ttlMs: number;
  /** A clock in milliseconds, for tests. */
  now?: () => number;
}

type Answer = Pick<AppError, 'status' | 'code' | 'detail' | 'headers' | 'reason'> & {
  errors?: readonly FieldError[];
};

interface Attempt {
  readonly fingerprint: string;
  answer?: 'done' | Answer;
}

/**
 * Makes a repeated request with the same key do nothing and get the first
 * answer again, as far as this instance remembers: it is a brake on
 * duplicates, not a promise, and holds nothing across instances or restarts.
 *
 * Final answers are kept (success and 4xx), never one that asks to try again.
 */
export class Idempotency {
  private readonly attempts: LRUCache<string, Attempt>;

  constructor({ maxKeys, ttlMs, now }: IdempotencyOptions) {
    this.attempts = new LRUCache({
      max: maxKeys,
      ttl: ttlMs,
      ttlResolution: 0,
      ...(now && { perf: { now } }),
    });
  }

  /**
   * Runs `work`, unless the key was seen lately. Nothing is awaited between
   * looking a key up and noting it, so of two requests at once one runs.
   *
   * @param fingerprint the same for the same request and different for any other
   * @returns whether the answer is a repeated one
   * @throws AppError 409 while the first request with this key runs, 422 if it was another request
   */
  async run(key: string, fingerprint: string, work: () => Promise<void>): Promise<boolean> {
    const earlier = this.attempts.get(key);
    if (earlier) return repeat(earlier, fingerprint);
    const attempt: Attempt = { fingerprint };
    this.attempts.set(key, attempt);
    try {
      await work();
      attempt.answer = 'done';
      return false;
    } catch (error) {
      if (isFinal(error)) attempt.answer = remembered(error);
      else if (this.attempts.peek(key) === attempt) this.attempts.delete(key);
      throw error;
    }
  }
}

/** Without the stack and the cause, which can hold the mail server's whole answer. */
function remembered({ status, code, detail, errors, headers, reason }: AppError): Answer {
  return { status, code, detail, ...(errors && { errors }), headers, reason };
}

function repeat({ answer, fingerprint }: Attempt, asked: string): true {
  if (fingerprint !== asked) {
    throw new AppError(422, 'IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key came with another body before');
  }
  if (answer === undefined) {
    throw new AppError(409, 'IDEMPOTENCY_KEY_IN_USE', 'A request with this Idempotency-Key is under way', {
      headers: { 'retry-after': '1' },
    });
  }
  if (answer === 'done') return true;
  throw new AppError(answer.status, answer.code, answer.detail, {
    ...(answer.errors && { errors: answer.errors }),
    reason: answer.reason,
    headers: { ...answer.headers, 'idempotency-replayed': 'true' },
  });
}

function isFinal(error: unknown): error is AppError {
  return error instanceof AppError && error.status < 500 && error.status !== 409;
}
