import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What a program does when its arguments contain `when`. */
export interface Answer {
  /** Part of the arguments, joined with spaces; the first answer whose part is found is taken. */
  when: string;
  /** What it prints. Of a list, each call takes the next entry, and all later calls take the last one. */
  output?: string | string[];
  errors?: string;
  /** How it ends; a list as with `output`. */
  code?: number | number[];
}

/** One call of a program. */
export interface Call {
  program: string;
  /** Its arguments, joined with spaces. */
  words: string;
  input: string;
}

/**
 * Programs that answer from a table, in a folder for the beginning of PATH. They stand in for kubectl, aws and others
 * where a test needs answers that only an account of AWS gives. What has no answer prints nothing and succeeds.
 */
export class ScriptedPrograms {
  private readonly folder = mkdtempSync(join(tmpdir(), 'usermgmt-programs-'));
  private readonly log = join(this.folder, 'calls');

  /** @param programs the answers of each, by its name */
  constructor(programs: Readonly<Record<string, readonly Answer[]>>) {
    for (const [name, answers] of Object.entries(programs)) {
      const text = `#!${process.execPath}\n(${program.toString()})(${JSON.stringify({ name, answers, log: this.log })});\n`;
      writeFileSync(join(this.folder, name), text, { mode: 0o755 });
    }
  }

  /** A PATH on which these programs come first. */
  get path(): string {
    return [this.folder, process.env.PATH].join(delimiter);
  }

  /** The calls until now, in their order. */
  get calls(): Call[] {
    if (!existsSync(this.log)) return [];
    return readFileSync(this.log, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Call);
  }

  /** Deletes the programs. */
  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** The program itself. It is copied as text, so it uses nothing from outside. */
function program({ name, answers, log }: { name: string; answers: Answer[]; log: string }): void {
  const { appendFileSync, existsSync: exists, readFileSync: read } = process.getBuiltinModule('node:fs');
  const answerTo = (words: string): number => answers.findIndex(({ when }) => words.includes(when));
  const words = process.argv.slice(2).join(' ');
  const number = answerTo(words);
  const times = (exists(log) ? read(log, 'utf8') : '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Call)
    .filter((call) => call.program === name && answerTo(call.words) === number).length;
  // A terminal would wait for its user. Not process.stdin.isTTY: it makes a pipe non-blocking, and reading fails (EAGAIN).
  const input = process.getBuiltinModule('node:tty').isatty(0) ? '' : read(0, 'utf8');
  appendFileSync(log, `${JSON.stringify({ program: name, words, input })}\n`);
  const { output = '', errors = '', code = 0 } = answers[number] ?? {};
  const next = <T>(list: T[]): T | undefined => list[Math.min(times, list.length - 1)];
  process.stdout.write(next([output].flat()) ?? '');
  process.stderr.write(errors);
  process.exitCode = next([code].flat()) ?? 0;
}
