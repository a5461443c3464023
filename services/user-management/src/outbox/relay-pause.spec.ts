import { describe, expect, it } from '@jest/globals';
import { RelayPause } from './relay-pause.js';

describe('RelayPause', () => {
  it('lasts as long as the longest that was asked for, and ends', () => {
    let now = 1_000;
    const pause = new RelayPause(() => now);
    expect(pause.leftMs).toBe(0);
    pause.begin(600_000, '503 MAIL_THROTTLED');
    pause.begin(1_000, '503 MAIL_THROTTLED');
    expect(pause).toMatchObject({ leftMs: 600_000, reason: '503 MAIL_THROTTLED' });
    now += 599_999.5;
    expect(pause.leftMs).toBe(1);
    now += 1;
    expect(pause.leftMs).toBe(0);
  });
});
