import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** CPU time that a process has used until now, in microseconds; NaN where there is no /proc. */
export function cpuTime(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'))
      .reduce((sum, nanoseconds) => sum + Number(nanoseconds.split(' ', 1)[0]) / 1_000, 0);
  } catch {
    return NaN;
  }
}

/** The most memory that was resident since {@link forgetPeak}, in MiB; NaN where there is no /proc. */
export function peakMiB(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

/** Lets {@link peakMiB} begin anew, with what is resident now. */
export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Then it is the peak since the process began.
  }
}
