/** One wrong field of a request: where, and what is wrong with it; never its value. */
export interface FieldError {
  field: string;
  message: string;
}

/** What an {@link AppError} may carry besides its code. */
export interface AppErrorOptions {
  errors?: readonly FieldError[];
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/**
 * An error with a stable code, which the problem filter turns into an answer.
 *
 * `detail` is sent to the client: it must not hold a value of the request.
 */
export class AppError extends Error {
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    options: AppErrorOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'AppError';
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

/** A request that does not hold what it must; the client should not repeat it unchanged. */
export class ValidationError extends AppError {
  constructor(errors: readonly FieldError[]) {
    super(400, 'VALIDATION_FAILED', 'Validation error', { errors });
    this.name = 'ValidationError';
  }
}

/** Something that this service needs does not answer; the client may repeat the request. */
export class UnavailableError extends AppError {
  /** @param retryAfterSeconds sent as Retry-After, at least 1 */
  constructor(code: string, detail: string, options: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    const seconds = Math.max(1, Math.ceil(options.retryAfterSeconds ?? 1));
    super(503, code, detail, { headers: { 'retry-after': String(seconds) }, cause: options.cause });
    this.name = 'UnavailableError';
  }
}
