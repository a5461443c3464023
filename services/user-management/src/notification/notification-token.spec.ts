import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TokenIssuer } from '../oauth/token-issuer.js';
import { IssuedNotificationToken, NoNotificationToken } from './notification-token.js';

describe('the token that this service issues for notification', () => {
  const forService = jest.fn<TokenIssuer['forService']>();
  let token: IssuedNotificationToken;
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    let count = 0;
    forService.mockReset().mockImplementation(async () => {
      count += 1;
      return `token-${count}`;
    });
    token = new IssuedNotificationToken({ forService } as unknown as TokenIssuer);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('lasts five minutes, and is replaced a minute before its end', async () => {
    expect(await token.get()).toBe('token-1');
    jest.setSystemTime(239_999);
    expect(await token.get()).toBe('token-1');
    jest.setSystemTime(240_000);
    expect(await token.get()).toBe('token-2');
    expect(forService.mock.calls[0]).toEqual(['user-management', 'notification', 300]);
  });

  it('is replaced when notification has refused it', async () => {
    expect(await token.get()).toBe('token-1');
    token.forget();
    expect(await token.get()).toBe('token-2');
  });
});

it('without access control there is no token, also after a refusal', async () => {
  const token = new NoNotificationToken();
  token.forget();
  await expect(token.get()).resolves.toBeUndefined();
});
