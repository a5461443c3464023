/** Bounds what the other side's certificate can add to a log line. */
const LONGEST_NAMES = 200;

/** Node's codes for a chain that is not trusted: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE =
  /^(?:UNABLE_TO_\w+|CERT_\w+|CRL_\w+|ERROR_IN_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/;

/** The fields of Node's TLS errors that are read here. */
interface TlsError {
  code?: unknown;
  /** Nodemailer keeps Node's code here. */
  originalCode?: unknown;
  message?: string;
  /** OpenSSL's reason, a constant text such as `wrong version number`. */
  reason?: unknown;
  /** The name that the certificate was checked for. */
  host?: unknown;
  cert?: { subject?: { CN?: unknown }; subjectaltname?: unknown };
}

/**
 * Says why TLS was refused: what is wrong with the certificate or the
 * handshake, the name that was expected, and the names in the certificate.
 *
 * @param expectedName the name that the certificate must carry, where the error does not hold it
 * @returns undefined if the error is not about TLS
 */
export function tlsReasonOf(error: unknown, expectedName?: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, originalCode, message = '', reason, host, cert } = error as TlsError;
  const known = String(originalCode ?? code);
  if (known === 'ERR_TLS_CERT_ALTNAME_INVALID' || (cert !== undefined && typeof host === 'string')) {
    const expected = printable(expectedName ?? host);
    const names = printable(cert?.subjectaltname ?? cert?.subject?.CN);
    return `the certificate is not for the expected name ${expected}, but for ${names}`;
  }
  const expected = expectedName === undefined ? '' : `; expected name ${printable(expectedName)}`;
  if (/^ERR_(?:SSL|TLS)_/.test(known) || known === 'EPROTO') {
    return `${typeof reason === 'string' ? printable(reason) : 'the TLS handshake failed'}${expected}`;
  }
  if (CERTIFICATE.test(known)) return `${printable(withoutHint(message))}${expected}`;
  // mysql2 puts its own code in the place of Node's; OpenSSL's texts have no value of ours.
  if (known === 'HANDSHAKE_SSL_ERROR') {
    return `${printable(typeof reason === 'string' ? reason : withoutHint(message))}${expected}`;
  }
  return undefined;
}

/** Node adds what one could try, such as options of its own. */
function withoutHint(message: string): string {
  return message.split(';', 1)[0] ?? '';
}

/** Whatever the other side wrote, in one line of bounded length. */
function printable(text: unknown): string {
  if (typeof text !== 'string' || text === '') return '(none)';
  const line = text.replaceAll(/[^\x20-\x7e]/g, '?');
  return line.length > LONGEST_NAMES ? `${line.slice(0, LONGEST_NAMES)}…` : line;
}
