/**
 * What a variable holds, which decides what of its text may be changed:
 * `secret`: every character may be meant, except line ends at the end;
 * `json`: line breaks may stand inside; `line`: one line, like all others.
 */
export type TextKind = 'secret' | 'json' | 'line';

/**
 * Removes the line ends at the end of a text, which `echo` and most editors
 * write into a file, and so into a Secret. They are never part of a password.
 */
export function withoutLineEnds(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1;
  return text.slice(0, end);
}

/** Removes what surrounds the text of a variable by mistake: line ends, and white space unless it is a secret. */
export function cleanText(text: string, kind: TextKind): string {
  return kind === 'secret' ? withoutLineEnds(text) : text.trim();
}

/** What is wrong with a text that {@link cleanText} returned, without the text; undefined if nothing is. */
export function problemOfText(text: string, kind: TextKind): string | undefined {
  if (kind !== 'json' && /\p{Cc}/u.test(text)) {
    return 'must be one line, without line breaks, tabs and other control characters';
  }
  if (kind !== 'secret' && /^(["']).*\1$/su.test(text)) {
    return 'must not stand in quotes: they would belong to the value';
  }
  return undefined;
}
