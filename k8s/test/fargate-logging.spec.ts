import { describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { read } from './support/kustomize.ts';

type Settings = Record<string, string>;
type LogRecord = Record<string, unknown>;

const { data } = load(read('components/fargate-logging/config-map.yaml')) as { data: Settings };
const parsers = sectionsOf(data['parsers.conf']);
const filters = sectionsOf(data['filters.conf']);

describe('the log router of Fargate', () => {
  it('reads the JSON in a line of the runtime', () => {
    const line = '2026-11-24T10:00:00.123456789Z stdout F {"level":"info","msg":"a user signed up"}';
    expect(routed(line)).toEqual({
      stream: 'stdout',
      logtag: 'F',
      level: 'info',
      msg: 'a user signed up',
    });
  });

  it('keeps a line that is no JSON', () => {
    const line = '2026-11-24T10:00:00.123456789Z stderr F Starting the daemon';
    expect(routed(line)).toMatchObject({ stream: 'stderr', log: 'Starting the daemon' });
  });

  it('takes no more than Fargate allows', () => {
    expect(Object.values(data).join('').length).toBeLessThan(5300);
  });
});

/** What Fluent Bit's filters make of a line, in their order, as its documentation describes the two kinds used here. */
function routed(line: string): LogRecord {
  return filters.reduce<LogRecord>(
    (record, filter) => {
      switch (filter.name) {
        case 'parser':
          return parsed(record, filter);
        case 'kubernetes':
          return filter.merge_log === 'On' ? merged(record) : record;
        default:
          throw new Error(`no filter ${filter.name}`);
      }
    },
    { log: line },
  );
}

/** https://docs.fluentbit.io/manual/pipeline/filters/parser: other keys are dropped unless Reserve_Data is On. */
function parsed(record: LogRecord, { key_name: key = '', parser: wanted }: Settings): LogRecord {
  const parser = parsers.find(({ name }) => name === wanted);
  if (parser?.format !== 'Regex') throw new Error(`no parser ${wanted}`);
  const groups = new RegExp(parser.regex ?? '').exec(String(record[key]))?.groups;
  if (groups === undefined) return record;
  return Object.fromEntries(Object.entries(groups).filter(([name]) => name !== parser.time_key));
}

/** https://docs.fluentbit.io/manual/pipeline/filters/kubernetes: JSON in `log` becomes fields, Keep_Log is Off. */
function merged(record: LogRecord): LogRecord {
  const { log, ...others } = record;
  try {
    return { ...others, ...(JSON.parse(String(log)) as LogRecord) };
  } catch {
    return record;
  }
}

/** The sections of a file of Fluent Bit; keys in lower case, since it does not tell cases apart. */
function sectionsOf(text = ''): Settings[] {
  return text
    .split(/^\[[A-Z]+\]$/m)
    .slice(1)
    .map((section) =>
      Object.fromEntries(
        [...section.matchAll(/^ +(\S+) +(.+)$/gm)].map(([, key = '', value = '']) => [
          key.toLowerCase(),
          value,
        ]),
      ),
    );
}
