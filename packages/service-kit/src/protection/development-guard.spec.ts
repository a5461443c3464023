import { describe, expect, it } from '@jest/globals';
import { refusalInDevelopment } from './development-guard.js';

const codeOf = (
  headers: Record<string, string>,
  { method = 'GET', isPage = false, origins = [] as string[] } = {},
): string | undefined =>
  refusalInDevelopment({ method, headers: { host: 'localhost:8095', ...headers } }, { isPage, origins })
    ?.code;

const LINK = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

describe('a program for development', () => {
  it.each([
    ...['', 'localhost', 'localhost:8095', 'LOCALHOST', 'localhost.', 'user-management:8095', 'my_service'],
    ...['127.0.0.1:8095', '10.0.0.5:8095', '192.168.178.20', '[::1]:8095', '[fd00::5]', '[::ffff:127.0.0.1]'],
    ...[
      'host.docker.internal:8095',
      'app.localhost:8095',
      'notification.dev1.svc:8096',
      'notification.default.svc.cluster.local:8096',
    ],
  ])('answers to the name %j', (host) => {
    expect(codeOf({ host })).toBeUndefined();
  });

  it.each([
    ...['evil.example', 'evil.example:8095', 'evil.example.', 'localhost.evil.example', '127.0.0.1.nip.io'],
    ...['localhost.evil', 'evillocalhost.example', 'cluster.local.evil.example', 'internal.evil.example'],
    ...[
      '[evil.example]',
      '[::1].evil.example',
      '::1',
      'localhost:80:80',
      'localhost@evil.example',
      'a b',
      'ä.de',
    ],
    ...['.', '.localhost', 'localhost..', 'evil.example:', '1.2.3.4.5'],
  ])('does not answer to the name %j', (host) => {
    expect(codeOf({ host, 'sec-fetch-site': 'same-origin' })).toBe('HOST_NOT_ALLOWED');
  });

  it.each([
    {},
    { 'sec-fetch-mode': 'cors' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8095' },
    { origin: 'http://localhost:8095' },
    { origin: 'https://localhost:8095' },
  ])('answers %j', (headers) => {
    expect(codeOf(headers, { method: 'POST' })).toBeUndefined();
  });

  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-site': 'anything' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
  ])('refuses %j', (headers) => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      expect(codeOf(headers, { method, isPage: true })).toBe('CROSS_SITE_REQUEST');
    }
  });

  it('answers the pages of listed origins, but not to another name', () => {
    const headers = { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' };
    const origins = ['https://app.example'];
    expect(codeOf(headers, { method: 'POST', origins })).toBeUndefined();
    expect(codeOf({ ...headers, host: 'evil.example' }, { origins })).toBe('HOST_NOT_ALLOWED');
  });

  it('answers a link to a page, and nothing else that is linked, posted or framed', () => {
    expect(codeOf(LINK, { isPage: true })).toBeUndefined();
    expect(codeOf(LINK, { isPage: true, method: 'HEAD' })).toBeUndefined();
    expect(codeOf(LINK, { isPage: false })).toBe('CROSS_SITE_REQUEST');
    expect(codeOf(LINK, { isPage: true, method: 'POST' })).toBe('CROSS_SITE_REQUEST');
    expect(codeOf({ ...LINK, 'sec-fetch-dest': 'iframe' }, { isPage: true })).toBe('CROSS_SITE_REQUEST');
  });
});
