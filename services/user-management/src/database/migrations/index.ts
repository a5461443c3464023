import { CreateUsers1764000000000 } from './1764000000000-create-users.js';
import { CreateOutbox1764000000001 } from './1764000000001-create-outbox.js';
import { CreateSessions1764000000002 } from './1764000000002-create-sessions.js';
import { CountMailsByMailbox1764000000010 } from './1764000000010-count-mails-by-mailbox.js';

/** All migrations, oldest first. Forward only: a new one is added at the end, an old one never changes. */
export const migrations = [
  CreateUsers1764000000000,
  CreateOutbox1764000000001,
  CreateSessions1764000000002,
  CountMailsByMailbox1764000000010,
];
