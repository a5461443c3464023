import { globSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PHASES, readBuildspec, type Buildspec, type Phase, type PhaseName } from './buildspec.ts';
import { Shell } from './shell.ts';

export type Status = 'SUCCEEDED' | 'FAILED' | 'SKIPPED';

/** What a command has taken. */
export interface RanCommand {
  phase: PhaseName;
  command: string;
  seconds: number;
  /** Processor time of the command and of the processes that it waited for: not of the Docker Engine. */
  cpuSeconds: number;
}

/** How a build has ended. */
export interface BuildResult {
  status: 'SUCCEEDED' | 'FAILED';
  phases: Partial<Record<PhaseName, Status>>;
  /** The command that failed first. */
  failed: string | undefined;
  exported: Record<string, string>;
  /** Paths in the source folder; none if the build failed. */
  artifacts: string[];
  reports: Record<string, string[]>;
  /** The commands that ran, in their order. */
  commands: RanCommand[];
  /** All that the commands printed. */
  log: string;
}

export interface BuildOptions {
  /** Path in the source folder. */
  buildspec: string;
  source: string;
  /** What the project and the start of the build set; it wins over the buildspec's own. */
  environment: NodeJS.ProcessEnv;
  /** Is given the log while it is written. */
  write?: (text: string) => void;
}

/**
 * Runs a buildspec as CodeBuild does. README.md says in what it is not the same.
 *
 * @throws {Error} if the buildspec is not of CodeBuild's format
 */
export async function runBuild(options: BuildOptions): Promise<BuildResult> {
  const spec = readBuildspec(join(options.source, options.buildspec));
  const scratch = mkdtempSync(join(tmpdir(), 'codebuild-'));
  let log = '';
  const write = (text: string): void => {
    log += text;
    options.write?.(text);
  };
  try {
    const environment = { ...spec.env?.variables, ...options.environment };
    const shell = new Shell(scratch, options.source, environment, write);
    const { phases, failed, commands } = await runPhases(spec, shell, write);
    const status = failed === undefined ? 'SUCCEEDED' : 'FAILED';
    const exported: Record<string, string> = {};
    for (const name of spec.env?.['exported-variables'] ?? []) {
      const value = await shell.valueOf(name);
      if (value !== undefined) exported[name] = value;
    }
    const reports = Object.fromEntries(
      Object.entries(spec.reports ?? {}).map(([name, group]) => [name, find(options.source, group)]),
    );
    // CodeBuild uploads artifacts of what has succeeded only; reports always.
    const artifacts = spec.artifacts && status === 'SUCCEEDED' ? find(options.source, spec.artifacts) : [];
    return { status, phases, failed, exported, artifacts, reports, commands, log };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** From phase to phase: what a failure skips is CodeBuild's "build phase transitions". */
async function runPhases(
  spec: Buildspec,
  shell: Shell,
  write: (text: string) => void,
): Promise<Pick<BuildResult, 'phases' | 'failed' | 'commands'>> {
  const phases: BuildResult['phases'] = {};
  const commands: RanCommand[] = [];
  let failed: string | undefined;
  let isOver = false;
  for (const name of PHASES) {
    const phase = spec.phases[name];
    if (phase === undefined) continue;
    if (isOver) {
      phases[name] = 'SKIPPED';
      continue;
    }
    write(`\n[phase ${name}]\n`);
    await shell.run(`export CODEBUILD_BUILD_SUCCEEDING=${failed === undefined ? 1 : 0}`);
    const culprit = await runPhase(phase, shell, write, (ran) => commands.push({ phase: name, ...ran }));
    phases[name] = culprit === undefined ? 'SUCCEEDED' : 'FAILED';
    if (culprit === undefined) continue;
    failed ??= culprit;
    // After a failed build comes post_build; after anything else that fails comes nothing.
    isOver = phase['on-failure'] !== 'CONTINUE' && (name !== 'build' || phase['on-failure'] === 'ABORT');
  }
  return { phases, failed, commands };
}

/** Is given each command when it has ended. */
type OnEnd = (ran: Omit<RanCommand, 'phase'>) => void;

/** @returns the command that failed, if one did */
async function runPhase(
  phase: Phase,
  shell: Shell,
  write: (text: string) => void,
  onEnd: OnEnd,
): Promise<string | undefined> {
  const failed = await runCommands(phase.commands, shell, write, onEnd);
  const failedFinally = await runCommands(phase.finally ?? [], shell, write, onEnd);
  return failed ?? failedFinally;
}

/** Runs commands until one fails. @returns that one */
async function runCommands(
  commands: readonly string[],
  shell: Shell,
  write: (text: string) => void,
  onEnd: OnEnd,
): Promise<string | undefined> {
  for (const command of commands) {
    write(`$ ${command}\n`);
    const begun = performance.now();
    const { code, cpuSeconds } = await shell.run(command);
    const seconds = (performance.now() - begun) / 1000;
    onEnd({ command, seconds, cpuSeconds });
    write(`[${seconds.toFixed(1)} s]\n`);
    if (code === 0) continue;
    write(`[exit code ${code}]\n`);
    return command;
  }
  return undefined;
}

/** The files that a group of patterns names. @returns paths in the source folder, sorted */
function find(source: string, group: { files: string[]; 'base-directory'?: string | undefined }): string[] {
  const base = resolve(source, group['base-directory'] ?? '.');
  return globSync(group.files, { cwd: base })
    .filter((path) => statSync(join(base, path)).isFile())
    .sort();
}
