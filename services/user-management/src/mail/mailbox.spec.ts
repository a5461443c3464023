import { describe, expect, it } from '@jest/globals';
import { mailboxOf } from './mailbox.js';

describe('mailboxOf', () => {
  it.each([
    ['victim@example.com', ['victim+1@example.com', 'VICTIM+a+b@Example.com', 'victim+@example.com']],
    [
      'victim@gmail.com',
      ['v.i.c.t.i.m@gmail.com', 'vic.tim+x.y@googlemail.com', 'Victim@GoogleMail.com', 'victim+1@gmail.com'],
    ],
    ['victim@xn--przykad-rjb.pl', ['victim+1@przykład.pl', 'victim@PRZYKŁAD.pl']],
    ['+victim@example.com', ['+victim+1@example.com']],
  ])('is the same as that of %s', (address, others) => {
    for (const other of others) expect([other, mailboxOf(other)]).toEqual([other, mailboxOf(address)]);
  });

  it.each([
    ['v.ictim@example.com', 'victim@example.com'],
    ['victim@gmail.example', 'v.ictim@gmail.example'],
    ['victim@example.com', 'victim@example.org'],
    ['+a@example.com', '+b@example.com'],
    ['victim-1@example.com', 'victim-2@example.com'],
  ])('tells %s from %s', (one, other) => {
    expect(mailboxOf(one)).not.toBe(mailboxOf(other));
  });

  it('has one length, and nothing of the address', () => {
    for (const address of ['', '@', 'no at sign', 'jörg@bücher.example', `${'a'.repeat(60_000)}@example.com`])
      expect(mailboxOf(address)).toMatch(/^[0-9a-f]{64}$/);
  });
});
