/** One wrong field of a request: where, and what is wrong with it; never its value. */
export interface FieldError {
  field: string;
  message: string;
}

/** What an {@link AppError} may carry besides its code. */
export interface AppErrorOptions {
  errors?: readonly FieldError[];
  headers?: Readonly<Record<string, string>>;
  /** What another system said, in names and codes only: it is sent to the client and logged. */
  reason?: string | undefined;
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
  readonly reason: string | undefined;

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
    this.reason = options.reason;
  }
}

/** A request that does not hold what it must; the client should not repeat it unchanged. */
export class ValidationError extends AppError {
  constructor(errors: readonly FieldError[]) {
    super(400, 'VALIDATION_FAILED', 'Validation error', { errors });
    this.name = 'ValidationError';
  }
}

/** What an {@link UnavailableError} may carry besides its code. */
export type UnavailableErrorOptions = Pick<AppErrorOptions, 'reason' | 'cause'> & {
  retryAfterSeconds?: number;
};

/** Something that this service needs does not answer; the client may repeat the request. */
export class UnavailableError extends AppError {
  /** @param retryAfterSeconds sent as Retry-After, at least 1 */
  constructor(
    code: string,
    detail: string,
    { retryAfterSeconds = 1, ...options }: UnavailableErrorOptions = {},
  ) {
    const seconds = Math.max(1, Math.ceil(retryAfterSeconds));
    super(503, code, detail, { ...options, headers: { 'retry-after': String(seconds) } });
    this.name = 'UnavailableError';
  }
}
