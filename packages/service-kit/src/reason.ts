import { tlsReasonOf } from './tls-reason.js';

/**
 * What may be told of an error: its name and code, and its message only where
 * it is surely our own. Messages of others quote values: a database error the
 * duplicate key, a parser the text, SES the address. Of a TLS error it says
 * what was refused.
 *
 * @param expectedName the name that the certificate of the other side must carry
 */
export function reasonOf(error: unknown, expectedName?: string): string {
  if (!isError(error)) return typeof error;
  const { code, driverError } = error as { code?: string | number; driverError?: { code?: string } };
  const known = driverError?.code ?? code;
  const tls = tlsReasonOf(driverError ?? error, expectedName);
  if (known !== undefined) return `${error.name} ${known}${tls === undefined ? '' : `: ${tls}`}`;
  // `fetch` has its reason in its cause.
  const { cause } = error;
  if (isError(cause) && 'code' in cause) return `${error.name} ${reasonOf(cause, expectedName)}`;
  return error.constructor === Error ? error.message : error.name;
}

/** Also of an error that another realm of V8 made, such as Node's own under a test runner. */
function isError(thrown: unknown): thrown is Error {
  return thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]';
}

/** Where an error was thrown; without the first lines, which are the message. */
export function stackOf(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('at '));
}
