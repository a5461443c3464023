import { execFile, type ExecFileException } from 'node:child_process';
import { z } from 'zod';
import { toDo, type Verdict } from './verdict.ts';

/** Programs that run at once. Each takes half a second of a processor, and AWS throttles many questions at once. */
const CONCURRENCY = 6;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export const strings = z.array(z.string());

/** AWS has answered with an error, or not at all. */
export class AwsError extends Error {
  /** `AccessDenied`, for example; undefined if AWS has not answered. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Asks AWS by its command line, once for each question.
 *
 * @param command service, operation and options, none with a space in it
 * @param query the part of the answer that is used, in JMESPath
 * @throws {AwsError} if there is no answer
 * @throws {Error} if the schema does not accept the answer; a field that is missing in it is null
 */
export type Ask = <T extends z.ZodType>(schema: T, command: string, query: string) => Promise<z.output<T>>;

/** Handles a rejection: an error with this code is the answer that something must be done. Others are thrown again. */
export const orIf =
  (code: string, answer: string) =>
  (error: unknown): Verdict => {
    if (error instanceof AwsError && error.code === code) return toDo(answer);
    throw error;
  };

/** @param region where it asks, unless the command names another region */
export function awsCli(region: string): Ask {
  const answers = new Map<string, Promise<unknown>>();
  const waiting: (() => void)[] = [];
  let running = 0;
  const inTurn = async (words: string[]): Promise<unknown> => {
    if (running >= CONCURRENCY) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await run([...words, '--output', 'json', '--cli-connect-timeout', '10']);
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
  return async (schema, command, query) => {
    const key = `${command} ${query}`;
    const words = command.split(' ');
    const inRegion = words.includes('--region') ? [] : ['--region', region];
    if (!answers.has(key)) answers.set(key, inTurn([...words, ...inRegion, '--query', query]));
    const { success, data } = schema.safeParse(await answers.get(key));
    if (!success) throw new Error(`${nameOf(words)} answered what is not understood`);
    return data;
  };
}

function run(words: string[]): Promise<unknown> {
  const options = { maxBuffer: MAX_ANSWER_BYTES, env: { ...process.env, AWS_PAGER: '' } };
  return new Promise((resolve, reject) => {
    execFile('aws', words, options, (error, stdout, stderr) => {
      if (error) reject(errorOf(error, stderr, nameOf(words)));
      else resolve(JSON.parse(stdout || 'null'));
    });
  });
}

function errorOf(error: ExecFileException, stderr: string, command: string): AwsError {
  if (error.code === 'ENOENT') return new AwsError('the AWS CLI is not installed');
  if (/invalid choice|unknown options/i.test(stderr)) {
    return new AwsError(`update the AWS CLI: it does not know ${command}`);
  }
  const code = /An error occurred \((\w+)\)/.exec(stderr)?.[1];
  const [line] = stderr.split('\n').filter((one) => one.trim() !== '');
  return new AwsError(`${command}: ${code ?? line ?? error.message}`, code);
}

const nameOf = ([service = '', operation = '']: string[]) => `aws ${service} ${operation}`;
