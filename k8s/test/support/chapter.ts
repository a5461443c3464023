import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TIMEOUT_MS = 300_000;

/**
 * What is not in a namespace of the chapter, and the namespaces: files, folders and containers by their names, ports of
 * this machine and of the nodes.
 */
const OUTSIDE = /\blearn-[a-z0-9-]+|\/tmp\/[\w.-]+|\bbuild\/[\w.-]+|\b127\.0\.0\.1:\d+|\b3[0-2]\d{3}\b/g;

/** One command block of a chapter, and what the chapter says that it prints. */
export interface Step {
  /** Line of the block in the file, for the reader of a failure. */
  line: number;
  commands: string;
  /** Undefined where the chapter shows no output. */
  output: string | undefined;
}

/** The mark of blocks that need a load balancer, and no account: `sh load-balancer`. */
export const LOAD_BALANCER = 'load-balancer';

/**
 * Reads the steps of a chapter: each block marked `sh`, with the block marked
 * `text` that follows it first. Blocks with a mark, as `sh aws` that needs an account, are left out, with what they print.
 *
 * @param mark blocks with this mark are steps, too
 */
export function readSteps(file: string, mark = ''): Step[] {
  const steps: Step[] = [];
  let last: Step | undefined;
  const blocks = readFileSync(file, 'utf8').matchAll(/^```(\S+)( [^\n]*)?\n([\s\S]*?)^```$/gm);
  for (const { 1: language, 2: info = '', 3: body = '', index, input } of blocks) {
    const line = input.slice(0, index).split('\n').length;
    if (language === 'text' && last) last.output ??= body;
    if (language !== 'sh') continue;
    last = ['', mark].includes(info.trim()) ? { line, commands: body, output: undefined } : undefined;
    if (last) steps.push(last);
  }
  return steps;
}

/** The names of what the steps use that is the same for all chapters: two with a name in common cannot run at the same time. */
export const namesIn = (steps: readonly Step[]): string[] => [
  ...new Set(steps.flatMap(({ commands }) => commands.match(OUTSIDE) ?? [])),
];

/**
 * Runs a step as a reader would type it.
 *
 * @param env instead of the environment of the tests
 * @throws Error if a command fails, or prints something else than the chapter says
 */
export async function runStep({ line, commands, output }: Step, env = process.env): Promise<void> {
  const printed = await bash(commands, env).catch((error: unknown) => {
    throw new Error(`line ${line}:\n${commands}${String(error)}`);
  });
  if (output === undefined || matches(output, printed)) return;
  throw new Error(`line ${line}:\n${commands}\nshould print:\n${output}\nbut printed:\n${printed}`);
}

/** In what a chapter shows, `…` stands for any text of a line, and alone on a line for any lines. */
export function matches(shown: string, printed: string): boolean {
  const lines = shown.trim().split('\n');
  const pattern = lines
    .map((line) => {
      if (line.trim() === '…') return '(?:.*\\n)*?';
      const words = line.trim().split(/\s+/);
      const text = words.map((word) => word.split('…').map(escaped).join('.*?')).join('\\s+');
      return `\\s*${text}[^\\S\\n]*\\n`;
    })
    .join('');
  return new RegExp(`^${pattern}$`).test(`${printed.trim()}\n`);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function bash(commands: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      'bash',
      ['-euo', 'pipefail', '-c', commands],
      // Jest's own process.env is not what a child gets by itself.
      {
        env,
        timeout: TIMEOUT_MS,
        cwd: new URL('../../../', import.meta.url).pathname,
        maxBuffer: 2 ** 24,
      },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${error.message}\n${stdout}`));
        else resolve(stdout || stderr);
      },
    );
  });
}
