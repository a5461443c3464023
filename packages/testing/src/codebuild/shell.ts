import { spawn } from 'node:child_process';

import { join } from 'node:path';

/**
 * The one shell that all commands of a build share: what a command exports, and where it goes, is there for the next.
 * CodeBuild keeps one process; this begins a new one where the last has ended.
 */
export class Shell {
  private readonly state: string;
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
    this.folder = folder;
    this.environment = environment;
    this.write = write;
  }

  /** Runs one command. @returns its exit code */
  run(command: string): Promise<number> {
    // `|| exit` would switch off `set -e` in the command; eval's own status is what CodeBuild looks at.
    const script = `
      [ -f "$STATE" ] && . "$STATE"
      eval "$COMMAND"
      status=$?
      { export -p; printf 'cd %q\\n' "$PWD"; } | grep -v -E '^declare -x (STATE|COMMAND)=' >"$STATE"
      exit $status`;
    return new Promise((resolve, reject) => {
      const child = spawn('bash', ['-c', script], {
        cwd: this.folder,
        env: { ...this.environment, STATE: this.state, COMMAND: command },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.setEncoding('utf8').on('data', this.write);
      child.stderr.setEncoding('utf8').on('data', this.write);
      child.on('error', reject);
      child.on('close', (code) => {
        resolve(code ?? 1);
      });
    });
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
