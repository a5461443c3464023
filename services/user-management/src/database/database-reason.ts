import { reasonOf } from '@usermgmt/service-kit/reason';
import { tlsReasonOf } from '@usermgmt/service-kit/tls-reason';
import { type DataSource, QueryFailedError } from 'typeorm';
import { UnavailableError } from '@usermgmt/service-kit/app-error';

/** What an operator is told beside the code of an error. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  HANDSHAKE_NO_SSL_SUPPORT: 'the server offers no TLS, which DB_SSL asks for',
  ER_SECURE_TRANSPORT_REQUIRED: 'the server wants TLS: set DB_SSL',
};

/**
 * Says in one line why the database could not do its work: the error's code, and of TLS the reason and the name that the
 * certificate must carry. It holds no value of a statement.
 */
export function databaseReason(error: unknown, { options }: DataSource): string {
  if (error instanceof UnavailableError && error.cause !== undefined) {
    return databaseReason(error.cause, { options } as DataSource);
  }
  const driverError: unknown = error instanceof QueryFailedError ? error.driverError : error;
  const { code } = (driverError ?? {}) as { code?: unknown };
  if (typeof code !== 'string') return reasonOf(driverError);
  const { host, ssl } = options as { host?: string; ssl?: { verifyIdentity?: boolean } };
  const tls = tlsReasonOf(driverError, ssl?.verifyIdentity === true ? host : undefined);
  const explanation = EXPLANATIONS[code] ?? tls;
  return explanation === undefined ? code : `${code}: ${explanation}`;
}
