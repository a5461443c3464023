import { AppError } from '../app-error.js';

/** No token where one is needed (RFC 6750, 3: no error code then), or one that does not count. */
export class UnauthorizedError extends AppError {
  constructor(code: 'TOKEN_MISSING' | 'TOKEN_INVALID', cause?: unknown) {
    const [detail, challenge] =
      code === 'TOKEN_MISSING'
        ? ['This needs a bearer token', 'Bearer']
        : ['The bearer token is not, or no longer, valid', 'Bearer error="invalid_token"'];
    super(401, code, detail, { headers: { 'www-authenticate': challenge }, cause });
    this.name = 'UnauthorizedError';
  }
}

const INSUFFICIENT = { 'www-authenticate': 'Bearer error="insufficient_scope"' };

/** The token counts, but not for this. The same whether or not the thing exists. */
export class ForbiddenError extends AppError {
  constructor() {
    super(403, 'FORBIDDEN', 'This token does not allow that', { headers: INSUFFICIENT });
    this.name = 'ForbiddenError';
  }
}

/** A field that is an administrator's to set. */
export class AdminFieldError extends AppError {
  /** @param fields names from the access table, never from the request alone */
  constructor(fields: readonly string[]) {
    super(403, 'ADMIN_ONLY_FIELD', 'Only an administrator may set this', {
      headers: INSUFFICIENT,
      errors: fields.map((field) => ({ field, message: 'only an administrator may set this' })),
    });
    this.name = 'AdminFieldError';
  }
}
