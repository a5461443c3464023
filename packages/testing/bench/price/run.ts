import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

/** What has to be known of a run to read its figures. */
export interface Run {
  /** ISO 8601 */
  date: string;
  command: string;
  seconds: number;
  cores: number;
  cpu: string;
  memoryGiB: number;
  node: string;
  /** Of the checkout; empty outside of git. */
  revision: string;
  /** Runnable processes over the last minute, before the run: what else the machine was doing. */
  loadBefore: number;
  /** Which core did what. */
  placement: string;
  rounds: number;
  users: number;
}

/** Describes this machine and what is measured on it; the rest is known at the end. */
export function describeRun(command: string): Omit<Run, 'seconds' | 'placement' | 'rounds' | 'users'> {
  return {
    date: new Date().toISOString(),
    command,
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? '',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    revision: revision(),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** Date, machine, command and how to read the tables, as Markdown. */
export function summary(run: Run): string {
  return [
    `${run.date.slice(0, 10)}, \`${run.command}\` on ${run.revision}: ${run.cores} cores (${run.cpu}), ${run.memoryGiB} GiB,`,
    `Node ${run.node}; ${run.seconds} s. ${run.placement} Load average before: ${run.loadBefore}.`,
    `Medians of ${run.rounds} rounds (lowest–highest), ${run.users.toLocaleString('en-US')} users; ratios are taken within each round.`,
  ].join('\n');
}

function revision(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
