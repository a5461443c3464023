import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The one shell that all commands of a build share: what a command exports, and where it goes, is there for the next.
 * CodeBuild keeps one process; this begins a new one where the last has ended.
 */
export class Shell {
  private readonly state: string;
  private readonly times: string;
  private readonly folder: string;
  private readonly environment: NodeJS.ProcessEnv;
  private readonly write: (text: string) => void;

  /**
   * @param scratch folder for what is kept from command to command
   * @param folder where the first command begins
   */
  constructor(
    scratch: string,
    folder: string,
    environment: NodeJS.ProcessEnv,
    write: (text: string) => void,
  ) {
    this.state = join(scratch, 'state.sh');
    this.times = join(scratch, 'times');
    this.folder = folder;
    this.environment = environment;
    this.write = write;
  }

  /** Runs one command. @returns its exit code and the processor time that it took */
  run(command: string): Promise<{ code: number; cpuSeconds: number }> {
    // `|| exit` would switch off `set -e` in the command; eval's own status is what CodeBuild looks at.
    const script = `
      [ -f "$STATE" ] && . "$STATE"
      eval "$COMMAND"
      status=$?
      times >"$TIMES"
      { export -p; printf 'cd %q\\n' "$PWD"; } | grep -v -E '^declare -x (STATE|TIMES|COMMAND)=' >"$STATE"
      exit $status`;
    return new Promise((resolve, reject) => {
      const child = spawn('bash', ['-c', script], {
        cwd: this.folder,
        env: { ...this.environment, STATE: this.state, TIMES: this.times, COMMAND: command },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.setEncoding('utf8').on('data', this.write);
      child.stderr.setEncoding('utf8').on('data', this.write);
      child.on('error', reject);
      child.on('close', (code) => {
        resolve({ code: code ?? 1, cpuSeconds: this.readTimes() });
      });
    });
  }

  /** The sum of what bash's `times` has printed: user and system time, of the shell and of its children. */
  private readTimes(): number {
    // A command that calls `exit` leaves none.
    if (!existsSync(this.times)) return 0;
    const text = readFileSync(this.times, 'utf8');
    rmSync(this.times);
    return [...text.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
      (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
      0,
    );
  }

  /** The value of a variable after the last command; undefined if it is not exported. */
  async valueOf(name: string): Promise<string | undefined> {
    const child = spawn('bash', ['-c', '[ -f "$STATE" ] && . "$STATE"; printenv "$NAME"'], {
      env: { ...this.environment, STATE: this.state, NAME: name },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    return code === 0 ? output.replace(/\n$/, '') : undefined;
  }
}
