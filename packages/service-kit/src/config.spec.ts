import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  commonVariables,
  ConfigError,
  describeConfig,
  flag,
  hostname,
  integer,
  JSON_TEXT,
  loadConfig,
  SECRET,
} from './config.js';

const schema = z.object({
  NUMBER: integer(1, 10).default(5).describe('A number'),
  SWITCH: flag().optional().describe('A switch'),
  SERVER: hostname().describe('A server'),
});

const accepts = (field: z.ZodType, value: string): boolean => field.safeParse(value).success;

describe('loadConfig', () => {
  it('reads what is in the schema into a frozen object', () => {
    const config = loadConfig(schema, { SERVER: 'mysql', NUMBER: '7', OTHER: 'x' });
    expect(config).toEqual({ SERVER: 'mysql', NUMBER: 7 });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('removes the line end of a Secret, and nothing else: white space and quotes may belong to a password', () => {
    const secret = z.object({ SECRET: z.string().optional().describe('A password').meta(SECRET) });
    const read = (text: string): unknown => loadConfig(secret, { SECRET: text }).SECRET;
    expect(read('x\n')).toBe('x');
    expect(read('x\r\n\n')).toBe('x');
    expect(read(' a b\n')).toBe(' a b');
    expect(read('"a" ')).toBe('"a" ');
  });

  it.each(['a\nb', 'a\r\nb\n', 'a\tb', 'a\u0000b', '\na', 'a\u0085b'])(
    'refuses a secret with a control character inside, by name: %j',
    (text) => {
      const secret = z.object({ SECRET: z.string().meta(SECRET), NAME: z.string().optional() });
      for (const name of ['SECRET', 'NAME']) {
        const load = (): unknown => loadConfig(secret, { SECRET: 'x', [name]: `1${text}2` });
        expect(load).toThrow(
          `wrong configuration:\n  ${name}: must be one line, without line breaks, tabs and other control characters`,
        );
      }
    },
  );

  it('removes white space around any other value', () => {
    expect(loadConfig(schema, { SERVER: '\tmysql \r\n', NUMBER: ' 7\n', SWITCH: ' true ' })).toEqual({
      SERVER: 'mysql',
      NUMBER: 7,
      SWITCH: true,
    });
  });

  it.each(['"mysql"', "'mysql'", '"my sql"\n', '""'])('refuses a value in quotes, by name: %s', (text) => {
    const names = z.object({ NAME: z.string(), NUMBER: integer(1, 2).optional() });
    const load = (): unknown => loadConfig(names, { NAME: text, NUMBER: '"1"' });
    expect(load).toThrow(
      'wrong configuration:\n' +
        '  NAME: must not stand in quotes: they would belong to the value\n' +
        '  NUMBER: must not stand in quotes: they would belong to the value',
    );
  });

  it('takes JSON of many lines', () => {
    const json = z.object({
      LIST: z
        .string()
        .transform((text) => JSON.parse(text) as unknown)
        .meta(JSON_TEXT),
    });
    expect(loadConfig(json, { LIST: '\n[1,\n\t2]\n' })).toEqual({ LIST: [1, 2] });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig(schema, { SERVER: 'mysql', NUMBER: '', SWITCH: '  ' })).toEqual({
      SERVER: 'mysql',
      NUMBER: 5,
    });
  });

  it('tells everything that is wrong, by name, without values', () => {
    const load = (): unknown => loadConfig(schema, { NUMBER: '11', SWITCH: 'maybe', SERVER: '' });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/^wrong configuration:\n {2}NUMBER: .+\n {2}SWITCH: .+\n {2}SERVER: .+$/);
    expect(load).not.toThrow(/maybe|11/);
  });
});

describe('a variable that Kubernetes has set for a Service', () => {
  it.each(['tcp://10.96.44.57:8096', 'tcp://[fd00::1]:8096', 'udp://10.96.44.57:53'])(
    'is reported with its cause: NUMBER=%s',
    (NUMBER) => {
      expect(() => loadConfig(schema, { SERVER: 'mysql', NUMBER })).toThrow(
        'NUMBER: must be a whole number from 1 to 10; Kubernetes has set it, for a Service of that name: set the variable, or enableServiceLinks: false in the pod',
      );
    },
  );

  it('is not suspected behind other mistakes', () => {
    expect(() => loadConfig(schema, { SERVER: 'tcp', NUMBER: 'x' })).toThrow(/from 1 to 10$/);
  });
});

describe('describeConfig', () => {
  it('gives name, default and meaning in the order of the file', () => {
    expect(describeConfig(schema)).toEqual([
      { name: 'NUMBER', default: '5', description: 'A number' },
      { name: 'SWITCH', default: '(not set)', description: 'A switch' },
      { name: 'SERVER', default: '(required)', description: 'A server' },
    ]);
  });

  it('finds a meaning and a default for every common variable', () => {
    for (const row of describeConfig(z.object(commonVariables))) {
      expect(row.description).not.toBe('');
      expect(row.default).not.toBe('(required)');
    }
  });
});

describe('the kinds of variables', () => {
  it.each([
    [true, ['true', 'TRUE', '1', 'yes', 'on']],
    [false, ['false', 'False', '0', 'no', 'off']],
  ])('flag: %j is %j', (meaning, values) => {
    for (const value of values) expect(flag().parse(value)).toBe(meaning);
  });

  it('flag: nothing else', () => {
    for (const value of ['2', 'ja', 'truefalse']) expect(accepts(flag(), value)).toBe(false);
  });

  it('integer: both bounds included, digits only', () => {
    for (const value of ['1', '10', '007']) expect(accepts(integer(1, 10), value)).toBe(true);
    for (const value of ['0', '11', '-1', '1.0', '1e1', '0x1', ' 1', '', '9'.repeat(30)]) {
      expect(accepts(integer(1, 10), value)).toBe(false);
    }
  });

  it('hostname: names and addresses, nothing around them', () => {
    for (const value of ['mysql', 'a.b-c.example', '10.0.0.1', '::1', 'x'.repeat(253)]) {
      expect(accepts(hostname(), value)).toBe(true);
    }
    for (const value of ['http://a', 'a/b', 'a b', 'a@b', 'x'.repeat(254), 'a\n']) {
      expect(accepts(hostname(), value)).toBe(false);
    }
  });
});
