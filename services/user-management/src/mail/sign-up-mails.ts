import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../outbox/outbox.js';
import { mailboxOf } from './mailbox.js';
import { shownNames } from './shown-name.js';
import { userCreatedMail } from './user-created.mail.js';

const DAY_MS = 24 * 3_600_000;
/** Enough for a person who tries again, too few to flood an inbox. */
const MOST_PER_DAY = 3;

/** A user who was just made. */
export interface MailedUser {
  username: string;
  firstname: string;
  email: string;
}

/**
 * Mails to new users. The address is not confirmed, so a stranger can aim a
 * mail at somebody else's inbox: it holds no text of theirs, and one inbox
 * gets few of them, whatever tag the address has. An administrator may send
 * any number, with the names as given.
 */
@Injectable()
export class SignUpMails {
  private readonly logger = new Logger(SignUpMails.name);

  constructor(private readonly outbox: Outbox) {}

  /**
   * Promises the mail in the caller's transaction. Above the limit of the inbox
   * it promises nothing, and the user is made all the same: refusing would let
   * a stranger keep the owner of the inbox from signing up, and an answer of
   * its own would tell what others did with the address.
   *
   * The limit counts rows of the outbox, so it holds for all replicas and
   * after a restart. Sign-ups at the same moment do not see each other, so it
   * may be exceeded by as many as are in a transaction at once.
   */
  async add(
    manager: EntityManager,
    user: MailedUser,
    isByAdministrator: boolean,
    traceHeader: string,
  ): Promise<void> {
    if (isByAdministrator) {
      await this.outbox.add(manager, userCreatedMail(user), traceHeader);
      return;
    }
    const mailbox = mailboxOf(user.email);
    if ((await this.outbox.countTo(manager, mailbox, DAY_MS)) >= MOST_PER_DAY) {
      this.logger.warn('a new user gets no mail: their inbox has had its mails of the day');
      return;
    }
    await this.outbox.add(manager, userCreatedMail({ ...user, ...shownNames(user) }), traceHeader, mailbox);
  }
}
