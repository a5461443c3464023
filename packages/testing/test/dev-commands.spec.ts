import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = new URL('../../../', import.meta.url);
const README = readFileSync(new URL('README.md', ROOT), 'utf8');
/** packages/dev/lib/environment.mjs, which has no declarations. */
const { MIGRATE_VARIABLES, SERVICE_VARIABLES, passedOn } = (await import(
  new URL('packages/dev/lib/environment.mjs', ROOT).href
)) as {
  MIGRATE_VARIABLES: string[];
  SERVICE_VARIABLES: string[];
  passedOn: (environment: NodeJS.ProcessEnv, names: readonly string[]) => NodeJS.ProcessEnv;
};
/** packages/dev/lib/chosen-stages.mjs. */
const { chooseStages } = (await import(new URL('packages/dev/lib/chosen-stages.mjs', ROOT).href)) as {
  chooseStages: (args: string[], all: string[]) => { stages: string[]; rest: string[] };
};
/** packages/dev/lib/earlier-tests.mjs. */
const { withEarlierTests } = (await import(new URL('packages/dev/lib/earlier-tests.mjs', ROOT).href)) as {
  withEarlierTests: (counts: Counts) => Counts;
};
interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}
const ENTRIES = readdirSync(new URL('packages/dev', ROOT)).filter((name) => name.endsWith('.mjs'));

describe.each([
  ['a:b', 'colon, which separates folders in PATH: npm finds no tool'],
  ['a*b', 'star, for which Node puts other text into the addresses of packages: it finds no package'],
])('a clone in the folder %s', (name, reason) => {
  let folder: string;
  beforeAll(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'usermgmt-path-')), name, 'clone');
    mkdirSync(folder, { recursive: true });
    for (const path of ['package.json', 'package-lock.json', 'packages/dev']) {
      cpSync(new URL(path, ROOT), join(folder, path), { recursive: true });
    }
  });
  afterAll(() => {
    rmSync(join(folder, '../..'), { recursive: true });
  });

  it.each(ENTRIES)('is refused by %s in one line, before anything is installed', (entry) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [`packages/dev/${entry}`], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stderr).toBe(
      `The path ${folder}/ holds a ${reason} in such a folder. Move the repository, then run this again\n`,
    );
    expect([status, stdout]).toEqual([1, '']);
    expect(readdirSync(folder).sort()).toEqual(['package-lock.json', 'package.json', 'packages']);
  });
});

describe('what the shell exports', () => {
  /** The names that README.md lists after some words. */
  const listedAfter = (words: string): string[] => {
    const [, list = ''] = new RegExp(`${words}\\s+((?:\`\\w+\`(?:,\\s+|\\s+and\\s+)?)+)`).exec(README) ?? [];
    return [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '').sort();
  };

  it('reaches the services of npm start as far as README.md says', () => {
    expect(listedAfter('reach the services:')).toEqual([...SERVICE_VARIABLES].sort());
  });

  it('reaches npm run migrate as far as README.md says', () => {
    expect(listedAfter('`npm run migrate` reads')).toEqual([...MIGRATE_VARIABLES].sort());
  });

  it('is passed on by name only', () => {
    const environment = {
      PATH: '/bin',
      HOME: '/root',
      LOG_LEVEL: 'debug',
      NODE_OPTIONS: 'x',
      AWS_PROFILE: 'y',
    };
    expect(passedOn(environment, SERVICE_VARIABLES)).toEqual({
      PATH: '/bin',
      HOME: '/root',
      LOG_LEVEL: 'debug',
    });
  });
});

describe('the last line of npm test', () => {
  afterEach(() => {
    delete process.env.TESTS_BEFORE;
  });

  it('counts the tests of this command', () => {
    expect(withEarlierTests({ passed: 1, failed: 2, skipped: 3 })).toEqual({
      passed: 1,
      failed: 2,
      skipped: 3,
    });
  });

  it('adds those of the commands before it', () => {
    process.env.TESTS_BEFORE = '10 passed, 0 failed, 1 skipped\n200 passed, 20 failed, 0 skipped\n';
    expect(withEarlierTests({ passed: 1, failed: 2, skipped: 3 })).toEqual({
      passed: 211,
      failed: 22,
      skipped: 4,
    });
  });
});

describe('the stages of npm run check', () => {
  const all = ['formatting', 'lint', 'tests'];

  it('are all of them without --only, and every argument is passed on to Jest', () => {
    expect(chooseStages(['--bail', 'outbox'], all)).toEqual({ stages: all, rest: ['--bail', 'outbox'] });
  });

  it('are those that --only names', () => {
    expect(chooseStages(['--bail', '--only', 'lint,tests', 'outbox'], all)).toEqual({
      stages: ['lint', 'tests'],
      rest: ['--bail', 'outbox'],
    });
  });

  it.each([[['--only']], [['--only', '']], [['--only', 'lint,type']], [['--only', '--bail']]])(
    'are refused as %j',
    (args) => {
      expect(() => chooseStages(args, all)).toThrow('use one or more of formatting,lint,tests');
    },
  );
});
