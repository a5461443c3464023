import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MailTemplate } from './mail-template.js';
import { userCreatedMail } from './user-created.mail.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mail-template-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function template(source: string): MailTemplate<'name' | 'other'> {
  const file = join(folder, 'mail.txt');
  writeFileSync(file, source);
  return new MailTemplate(pathToFileURL(file), ['name', 'other']);
}

describe('MailTemplate', () => {
  it('puts values into subject and text, as often as they are named', () => {
    const mail = template('Subject: For {{name}}\n\nHello {{name}},\n\n{{other}} {{name}}\n');
    expect(mail.render({ name: 'Jane', other: 'x' })).toEqual({
      subject: 'For Jane',
      content: 'Hello Jane,\n\nx Jane\n',
    });
  });

  it('takes a file with line ends of Windows', () => {
    expect(template('Subject: S\r\n\r\nA\r\nB').render({ name: '', other: '' })).toEqual({
      subject: 'S',
      content: 'A\nB',
    });
  });

  it.each(['{{other}}', '{{name}}', '{{', '<b>Jane</b> & co', '$&$1$`', '\\', 'Jane "J" O\'Neil'])(
    'takes the name %s as it is',
    (name) => {
      const mail = template('Subject: {{name}}\n\n{{name}}!').render({ name, other: 'SECRET' });
      expect(mail).toEqual({ subject: name, content: `${name}!` });
    },
  );

  it.each(['a\r\nBcc: x@example.com', 'a\nb', 'a\rb', 'a\u0000b', 'a\u0085b', 'a\u2028b'])(
    'lets no control character of %j into subject and text',
    (name) => {
      const mail = template('Subject: {{name}}\n\n{{name}}').render({ name, other: '' });
      expect(mail.subject).toMatch(/^a (?:Bcc: x@example.com|b)$/);
      expect(mail.content).toBe(mail.subject);
    },
  );

  it.each(['Subject: {{nobody}}\n\nx', 'Subject: x\n\n{{nobody}}'])(
    'refuses a file with a placeholder that has no value: %j',
    (source) => {
      expect(() => template(source)).toThrow('there is no value for {{nobody}}');
    },
  );

  it.each([
    '',
    'Hello',
    'Subject:\n\nx',
    'Subject: x',
    'Subject: x\nHello',
    'Subject: x\n\n',
    '\nSubject: x\n\ny',
  ])('refuses a file in another form: %j', (source) => {
    expect(() => template(source)).toThrow('must begin with "Subject: …" and an empty line');
  });
});

describe('the mail to a new user', () => {
  it('goes to their address, with their names as they gave them', () => {
    const mail = userCreatedMail({
      username: '{{firstname}}',
      firstname: '<b>Jane</b>',
      email: 'Jane@Example.com',
    });
    expect(mail.toEmails).toEqual(['Jane@Example.com']);
    expect(mail.content).toContain('Hello <b>Jane</b>');
    expect(mail.content).toContain('account {{firstname}} has');
    expect(mail.subject).not.toMatch(/[{<]/);
  });
});
