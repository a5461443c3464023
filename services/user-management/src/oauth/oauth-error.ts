import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { AppError, ValidationError } from '@usermgmt/service-kit/app-error';
import { noteProblem } from '@usermgmt/service-kit/request-context';
import type { FastifyReply } from 'fastify';

/** The errors of RFC 6749 (5.2) and RFC 7009 (2.2.1) that occur here. */
export type OAuthErrorName =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_token'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_token_type';

/** An error in the form that OAuth clients expect. */
export class OAuthError extends AppError {
  constructor(
    readonly error: OAuthErrorName,
    detail: string,
  ) {
    const isClient = error === 'invalid_client';
    super(isClient ? 401 : 400, error.toUpperCase(), detail, {
      headers: isClient ? { 'www-authenticate': 'Basic realm="usermgmt"' } : {},
    });
    this.name = 'OAuthError';
  }
}

/** Answers what is wrong with a request as RFC 6749 wants it; all other errors are problems as everywhere. */
@Catch(OAuthError, ValidationError)
export class OAuthErrorFilter implements ExceptionFilter<OAuthError | ValidationError> {
  catch(thrown: OAuthError | ValidationError, host: ArgumentsHost): void {
    const { status, code, error, detail, headers } = thrown instanceof OAuthError ? thrown : asOAuth(thrown);
    noteProblem(code);
    void host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .status(status)
      .headers({ ...headers, 'cache-control': 'no-store' })
      .send({ error, error_description: detail });
  }
}

function asOAuth({ errors = [] }: ValidationError): OAuthError {
  const wrong = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new OAuthError('invalid_request', wrong);
}
