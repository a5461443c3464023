import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createSchema, type TestSchema } from '@usermgmt/testing/mysql';
import type { RowDataPacket } from 'mysql2/promise';
import { usernameKey } from '../src/users/user-key.js';
import { describeOnMysql } from './support/database.js';

const BLOCKS = [
  ['Latin', 0x41, 0x24f],
  ['Latin, extended additional', 0x1e00, 0x1eff],
  ['Greek', 0x370, 0x3ff],
  ['Cyrillic', 0x400, 0x45f],
  ['Cyrillic, extended', 0x490, 0x4ff],
] as const;

const LETTERS = BLOCKS.flatMap(([, from, to]) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)),
).filter((character) => /\p{L}/u.test(character));

/**
 * Where usernameKey tells letters apart that MySQL does not (docs/compatibility.md).
 * It may never be the other way round: names that the original kept apart would collide.
 */
const FINER = [
  ['ŀ', 'l'],
  ['ͺ', 'ι'],
];

const FORMS = ['NFC', 'NFD'];

/** The letters in groups of equal ones, each group and all of them in the order of {@link LETTERS}. */
function groups(keyOf: (letter: string) => string): string[][] {
  return [...Map.groupBy(LETTERS, keyOf).values()];
}

describeOnMysql('usernameKey and the collation of the original, utf8mb4_0900_ai_ci', () => {
  let schema: TestSchema;
  const weights = new Map<string, string>();

  beforeAll(async () => {
    schema = await createSchema();
    for (const texts of [LETTERS, ...FORMS.map((form) => LETTERS.map((letter) => letter.normalize(form)))]) {
      const [rows] = await schema.connection.query<RowDataPacket[]>(
        texts
          .map(() => 'SELECT HEX(WEIGHT_STRING(CAST(? AS CHAR) COLLATE utf8mb4_0900_ai_ci)) AS weight')
          .join(' UNION ALL '),
        texts,
      );
      rows.forEach(({ weight }, i) => weights.set(texts[i]!, weight as string));
    }
  });
  afterAll(() => schema.drop());

  const weightOf = (text: string): string => weights.get(text) ?? `no weight of ${text}`;

  it('compares enough letters', () => {
    expect(LETTERS.length).toBeGreaterThan(1_000);
    expect(new Set(weights.values()).size).toBeGreaterThan(200);
  });

  it('never takes two letters for one that MySQL keeps apart', () => {
    const coarser = groups(usernameKey).filter((group) => new Set(group.map(weightOf)).size > 1);
    expect(coarser).toEqual([]);
  });

  it('takes all letters for one that MySQL does, but for those that are listed', () => {
    const finer = groups(weightOf).flatMap((group) => {
      const keys = [...new Set(group.map(usernameKey))];
      return keys.slice(1).map((key) => [key, keys[0]!]);
    });
    expect(finer.map((pair) => pair.toSorted())).toEqual(
      FINER.map((pair) => pair.map(usernameKey).toSorted()),
    );
  });

  it('does not depend on the form of normalisation, nor does MySQL, but for й', () => {
    for (const form of FORMS) {
      for (const letter of LETTERS) expect(usernameKey(letter.normalize(form))).toBe(usernameKey(letter));
    }
    const depends = (form: string): string[] =>
      LETTERS.filter((letter) => weightOf(letter.normalize(form)) !== weightOf(letter));
    expect(depends('NFC')).toEqual([]);
    // MySQL takes it for и when it is decomposed.
    expect(depends('NFD')).toEqual(['Й', 'й']);
  });
});
