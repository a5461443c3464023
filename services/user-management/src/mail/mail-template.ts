import { readFileSync } from 'node:fs';

/** A mail before it has recipients. */
export interface MailText {
  subject: string;
  content: string;
}

/** Control characters: in a subject they could begin a header, and notification refuses them in texts. */
const LINE_BREAKING = /[\p{Cc}\u2028\u2029]+/gu;
const PLACEHOLDER = /\{\{(\w+)\}\}/g;

/**
 * A mail's text from one file: a line `Subject: …`, an empty line, the text.
 * `{{name}}` stands for a value. Values are inserted in one pass and the mail
 * is plain text, so nothing in a person's name can act as a placeholder, as
 * markup or as a header.
 */
export class MailTemplate<Field extends string> {
  private readonly subject: string;
  private readonly content: string;

  /** @throws Error if the file is not in that form or has a placeholder that is not in `fields` */
  constructor(file: URL, fields: readonly Field[]) {
    const source = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
    const match = /^Subject: ([^\n]+)\n\n(.+)$/s.exec(source);
    if (!match) throw new Error(`${file.pathname}: must begin with "Subject: …" and an empty line`);
    [, this.subject = '', this.content = ''] = match;
    for (const [, name] of source.matchAll(PLACEHOLDER)) {
      if (!fields.includes(name as Field))
        throw new Error(`${file.pathname}: there is no value for {{${name}}}`);
    }
  }

  render(values: Readonly<Record<Field, string>>): MailText {
    const fill = (text: string): string =>
      text.replace(PLACEHOLDER, (_all, name: Field) => values[name].replace(LINE_BREAKING, ' '));
    return { subject: fill(this.subject), content: fill(this.content) };
  }
}
