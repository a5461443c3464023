import { createHmac, randomBytes } from 'node:crypto';

/** Lasts as long as the process, like the maps. Without it a client could search for texts with the same key. */
const SECRET = randomBytes(32);
const LENGTH = 22;

/**
 * Makes the key under which something is kept in memory for a text that a client sent: 22 characters (132 bits),
 * however long the text is. The key is different in each process.
 */
export const mapKey = (text: string): string =>
  createHmac('sha256', SECRET).update(text).digest('base64url').slice(0, LENGTH);
