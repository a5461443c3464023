import { spawnSync } from 'node:child_process';

/** AWS has refused a call, or has not answered. */
export class AwsError extends Error {}

/**
 * Calls AWS by its command line, with the credentials that it finds.
 *
 * @param args service, operation and options
 * @returns the answer, parsed; undefined if there is none
 * @throws {AwsError} with what AWS or the command line says, on one line
 */
export function aws(region: string, ...args: string[]): unknown {
  const { status, stdout, stderr, error } = spawnSync(
    'aws',
    [...args, '--region', region, '--output', 'json'],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (status !== 0) {
    const said = error?.message ?? stderr.trim().replaceAll(/\s*\n\s*/g, ' ');
    throw new AwsError(`aws ${args.slice(0, 2).join(' ')}: ${said}`);
  }
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}

/**
 * @param config of an account and a region
 * @throws {Error} if the credentials are of another account: names of stacks and clusters may be the same there
 */
export function requireAccount({
  name,
  account,
  region,
}: {
  name: string;
  account: string;
  region: string;
}): void {
  const { Account } = aws(region, 'sts', 'get-caller-identity') as { Account: string };
  if (Account !== account) {
    throw new Error(
      `The credentials are of account ${Account}, and the configuration ${name} is of ${account}: nothing was changed`,
    );
  }
}
