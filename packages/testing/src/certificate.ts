import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface Certificate {
  key: string;
  /** Its own authority. */
  certificate: string;
}

/** Makes a certificate, signed by itself, for one day, or one that has expired. @param name `DNS:…` or `IP:…` */
export function makeCertificate(folder: string, name: string, hasExpired = false): Certificate {
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'certificate.pem');
  // prettier-ignore
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', certificate,
    '-subj', '/CN=test', '-addext', `subjectAltName=${name}`,
  ], { stdio: 'ignore' });
  if (hasExpired) {
    const again = ['x509', '-in', certificate, '-signkey', key, '-days', '-1', '-out', certificate];
    execFileSync('openssl', again, { stdio: 'ignore' });
  }
  return { key, certificate };
}
