import { randomInt } from 'node:crypto';

/** The most that randomInt takes, and a number that JSON and both databases keep exactly. */
const MOST = 2 ** 48 - 1;

/** A new stamp: tokens that carry the user's old one have ended. Also a user who is made again has another. */
export const newSecurityStamp = (): number => randomInt(1, MOST);
