import { asciiAddress } from '@usermgmt/service-kit/email-address';
import type { Mail } from '../outbox/outbox.js';
import { MailTemplate } from './mail-template.js';

const template = new MailTemplate(new URL('../../mails/user-created.txt', import.meta.url), [
  'firstname',
  'username',
]);

/** The mail that a new user gets. */
export function userCreatedMail(user: { username: string; firstname: string; email: string }): Mail {
  return { ...template.render(user), toEmails: [asciiAddress(user.email) ?? user.email] };
}
