import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, loadConfig } from '../config.js';
import { protectionVariables, wideLimit } from './protection.variables.js';

const schema = z.object(protectionVariables);
const load = (environment: Record<string, string>) => loadConfig(schema, environment);

describe('the variables of what stands before the routes', () => {
  it('trust nobody and let no page in unless they say so', () => {
    expect(load({})).toEqual({});
  });

  it.each([
    ['10.0.0.0/16', ['10.0.0.0/16']],
    ['loopback, linklocal,uniquelocal', ['loopback', 'linklocal', 'uniquelocal']],
    ['192.0.2.1,2001:db8::/32,fd00::1', ['192.0.2.1', '2001:db8::/32', 'fd00::1']],
    ['10.0.0.1/32,', ['10.0.0.1/32']],
    ['::ffff:10.0.0.1,::ffff:a00:0/112', ['::ffff:10.0.0.1', '::ffff:a00:0/112']],
  ])('TRUSTED_PROXIES=%s', (text, expected) => {
    expect(load({ TRUSTED_PROXIES: text })).toEqual({ TRUSTED_PROXIES: expected });
  });

  it.each([
    '0.0.0.0/0',
    '::/0',
    '*',
    'true',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0.0/16/8',
    'proxy.example.com',
    '10.0.0',
    '10.0.0.0/255.255.0.0',
    '::ffff:10.0.0.0/16',
    '::ffff:0.0.0.0/96',
    '10.0.0.1:80',
    '[::1]',
    'toString',
  ])('TRUSTED_PROXIES=%s is refused', (text) => {
    expect(() => load({ TRUSTED_PROXIES: text })).toThrow(ConfigError);
  });

  it.each([
    ['https://app.example.com', ['https://app.example.com']],
    ['http://localhost:3000, https://a.example', ['http://localhost:3000', 'https://a.example']],
  ])('CORS_ORIGINS=%s', (text, expected) => {
    expect(load({ CORS_ORIGINS: text })).toEqual({ CORS_ORIGINS: expected });
  });

  it.each([
    '*',
    'null',
    'app.example.com',
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://user@app.example.com',
    'https://*.example.com',
    'HTTPS://app.example.com',
    'https://app.example.com:443',
    'file:///x',
  ])('CORS_ORIGINS=%s is refused', (text) => {
    expect(() => load({ CORS_ORIGINS: text })).toThrow(ConfigError);
  });

  it('bound the requests of one address, unless everybody may do everything', () => {
    expect(wideLimit({ AUTH_MODE: 'local', RATE_LIMIT_PER_MINUTE: undefined })).toBe(60_000);
    expect(wideLimit({ AUTH_MODE: 'none', RATE_LIMIT_PER_MINUTE: undefined })).toBe(0);
    expect(wideLimit({ AUTH_MODE: undefined, RATE_LIMIT_PER_MINUTE: undefined })).toBe(0);
    expect(wideLimit({ AUTH_MODE: 'local', RATE_LIMIT_PER_MINUTE: 0 })).toBe(0);
    expect(wideLimit({ AUTH_MODE: 'none', RATE_LIMIT_PER_MINUTE: 7 })).toBe(7);
  });
});
