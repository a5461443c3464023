import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Which core does what. */
export interface Cores {
  /** The core of the server that is measured; undefined where nothing is pinned. */
  server: number | undefined;
  /** One sentence for the report. */
  description: string;
}

/**
 * Gives the server a core of its own, and this process (the load) and MySQL's
 * container the others.
 *
 * @param mysqlProject the compose project of MySQL, if there is one
 */
export async function shareCores(mysqlProject?: string): Promise<Cores> {
  const cores = await allowedCores();
  const server = cores.at(-1);
  if (cores.length < 2 || server === undefined) {
    return { server: undefined, description: 'Nothing is pinned: there is no taskset here, or one core.' };
  }
  const others = cores.slice(0, -1).join(',');
  await run('taskset', ['--all-tasks', '--cpu-list', '--pid', others, String(process.pid)]);
  const rest = mysqlProject === undefined ? 'load' : `load and ${await pinContainers(mysqlProject, others)}`;
  return { server, description: `Server on core ${server}; ${rest} on core ${others}.` };
}

/** The command that starts a program on the server's core. */
export function pinned({ server }: Cores, command: readonly [string, ...string[]]): [string, ...string[]] {
  return server === undefined ? [...command] : ['taskset', '--cpu-list', String(server), ...command];
}

/** Puts a server that runs already on its core. */
export async function pinServer({ server }: Cores, pid: number): Promise<void> {
  if (server === undefined) return;
  await run('taskset', ['--all-tasks', '--cpu-list', '--pid', String(server), String(pid)]);
}

/** The cores that this process may use; none where there is no taskset. */
async function allowedCores(): Promise<number[]> {
  try {
    const { stdout } = await run('taskset', ['--cpu-list', '--pid', String(process.pid)]);
    return (stdout.split(': ').at(-1) ?? '').split(',').flatMap((range) => {
      const [first = NaN, last = first] = range.trim().split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, n) => first + n);
    });
  } catch {
    return [];
  }
}

async function pinContainers(project: string, cores: string): Promise<string> {
  try {
    const filter = ['--filter', `label=com.docker.compose.project=${project}`];
    const { stdout } = await run('docker', ['ps', '--quiet', ...filter]);
    await run('docker', ['update', '--cpuset-cpus', cores, ...stdout.trim().split('\n')]);
    return 'MySQL';
  } catch {
    return '(as far as nobody else needs it, for Docker could not pin it) MySQL';
  }
}
