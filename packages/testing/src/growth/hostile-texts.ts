/** A text that somebody sends to keep a parser busy, in any size. */
export interface HostileText {
  /** As the report calls it. */
  readonly name: string;
  /** The text with `count` repetitions of what it is made of. */
  build(count: number): string;
}

const runOf = (name: string, unit: string, head = '', tail = ''): HostileText => ({
  name,
  build: (count) => `${head}${unit.repeat(count)}${tail}`,
});

/** Texts for any place; a place encodes them as its format wants it. */
export const TEXTS: readonly HostileText[] = [
  runOf('letters', 'a'),
  runOf('digits', '1'),
  runOf('spaces', ' ', 'a', 'b'),
  runOf('leading spaces', ' ', '', 'b'),
  runOf('dots', 'a.'),
  runOf('hyphens', 'a-'),
  runOf('at signs', 'a@'),
  runOf('a long local part', 'a', '', '@example.com'),
  runOf('a long domain', 'a.', 'jane@', 'b'),
  runOf('commas', ','),
  runOf('semicolons', ';'),
  runOf('quotes', '"'),
  runOf('commas in an open quote', ',', 'a/b;c="'),
  runOf('backslashes', '\\', 'a;b="'),
  runOf('percent signs', '%'),
  runOf('percent-escapes', '%41'),
  runOf('malformed percent-escapes', '%zz'),
  {
    name: 'combining marks',
    build: (count) => `a${'\u0301'.repeat(count)}${'\u0316'.repeat(count)}`,
  },
  {
    name: 'combining marks in turn',
    build: (count) => `a${'\u0301\u0316\u0327'.repeat(count)}`,
  },
  runOf('Hangul jamo', '\u1100\u1161\u11a8'),
  runOf('a letter that is eighteen', '\ufdfa'),
  runOf('zero-width spaces', '\u200b', 'a'),
  runOf('capitals that grow', 'İ'),
  runOf('emoji', '😀'),
  runOf('surrogates', '\ud800'),
];

/** Values of headers by the forms that their readers know; for every header, since any of them may be read so. */
export const HEADER_TEXTS: readonly HostileText[] = [
  runOf('letters', 'a'),
  runOf('digits', '1'),
  runOf('spaces', ' ', 'a', 'b'),
  runOf('slashes', '/a'),
  runOf('commas', ','),
  runOf('semicolons', ';', 'a/b'),
  runOf('equals signs', '='),
  runOf('colons', ':'),
  runOf('dots', 'a.'),
  runOf('commas in an open quote', ',', 'a/b;c="'),
  runOf('backslashes in an open quote', '\\', 'a/b;c="'),
  runOf('combining marks', '\u0301\u0316'),
  runOf('percent-escapes', '%41'),
  runOf('a bearer token after spaces', ' ', 'Bearer ', 'a b'),
  runOf('a bearer token with dots', 'a.', 'Bearer '),
  runOf('a client with percent signs', 'JSUl', 'Basic OiUl'),
  runOf('a client before spaces', ' ', 'Basic YTpi', 'a'),
  runOf('media types', 'a/b;c=d;q=0.1,'),
  runOf('JSON with suffixes', '+json', 'application/a'),
  runOf('trusted addresses', '127.0.0.1,'),
  runOf('IPv6 addresses with ports', '[2001:db8::1]:1,'),
  runOf('entity tags', 'W/"a",'),
  runOf('byte ranges', '0-1,', 'bytes='),
  runOf('trace fields', 'Root=1;', 'Self=1;'),
];

/** JSON values, as they are written in a body. */
export const JSON_VALUES: readonly HostileText[] = [
  runOf('a list of numbers', '1,', '[', '1]'),
  runOf('a list of nulls', 'null,', '[', 'null]'),
  runOf('a list of texts', '"",', '[', '""]'),
  runOf('a list of addresses', '"a@b.cd",', '[', '"a@b.cd"]'),
  runOf('a list of objects', '{},', '[', '{}]'),
  {
    name: 'a list of different texts',
    build: (count) => `[${Array.from({ length: count }, (_, i) => `"${1e5 + i}@b.cd",`).join('')}""]`,
  },
  { name: 'nested lists', build: (count) => `${'['.repeat(count)}${']'.repeat(count)}` },
  { name: 'nested objects', build: (count) => `${'{"a":'.repeat(count)}1${'}'.repeat(count)}` },
  runOf('lists that are never closed', '['),
  runOf('a repeated name', '"a":1,', '{', '"a":1}'),
  runOf('a repeated name of a user', '"username":"a",', '{', '"a":1}'),
  runOf('a repeated __proto__', '"__proto__":{},', '{', '"a":1}'),
  {
    name: 'different names',
    build: (count) => `{${Array.from({ length: count }, (_, i) => `"${1e5 + i}":1,`).join('')}"a":1}`,
  },
  runOf('a long number', '1'),
  runOf('a long fraction', '0', '0.', '1'),
  runOf('numbers in another spelling', '1.0,', '[', '1]'),
  runOf('escapes', '\\u0301', '"a', '"'),
  runOf('escaped surrogates', '\\ud800', '"', '"'),
  runOf('white space', ' ', '"a"'),
];

/** Forms and queries, as they are written; `name` is one that the route reads. */
export const pairsOf = (name: string): readonly HostileText[] => [
  runOf(`a repeated name`, 'a&'),
  runOf('a repeated name with a value', 'a=1&'),
  runOf('a repeated name that is read', `${name}=a&`),
  runOf('a repeated __proto__', '__proto__=a&'),
  runOf('a name in brackets', 'a[]=1&'),
  runOf('a nested name', '[a]', 'a', '=1'),
  {
    name: 'different names',
    build: (count) => Array.from({ length: count }, (_, i) => `${1e5 + i}=1&`).join(''),
  },
  runOf('ampersands', '&'),
  runOf('equals signs', '='),
  runOf('plus signs', '+'),
  runOf('percent signs', '%'),
  runOf('percent-escapes', '%41'),
  runOf('percent-escapes of marks', '%CC%81'),
  runOf('malformed percent-escapes', '%zz'),
  runOf('escaped surrogates', '%ED%A0%80'),
];
