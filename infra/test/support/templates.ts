import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { makeApp } from '../../lib/app.ts';
import { parseConfig, type ConfigInput } from '../../lib/config/config.ts';

/** The longest that a test file waits for another one's synthesis, which takes some seconds. */
const WAIT_MS = 300_000;
const POLL_MS = 50;
const SUFFIX = '.template.json';

/**
 * The templates of a configuration, as a deployment would use them.
 *
 * @param changes what to say instead, a whole section each
 * @returns the template of a stack, by the stack's name in lib/app.ts
 */
export function templatesOf(
  input: ConfigInput,
  changes: Partial<ConfigInput> = {},
): Record<string, Template> {
  return Object.fromEntries(
    templateFiles({ ...input, ...changes }).map((file) => [
      file.slice(file.lastIndexOf('/') + 1, -SUFFIX.length),
      Template.fromJSON(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>),
    ]),
  );
}

/**
 * Synthesizes a configuration, once per run: the first test file that asks for it writes the templates, the others
 * read them.
 *
 * @returns the paths of the templates
 */
export function templateFiles(input: ConfigInput): string[] {
  const config = parseConfig(input);
  const key = createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 16);
  const folder = join(runFolder(), key);
  once(folder, () => {
    const outdir = `${folder}.new`;
    rmSync(outdir, { recursive: true, force: true });
    makeApp(config, { outdir, withAssets: false, withNag: false }).synth();
    renameSync(outdir, folder);
  });
  return readdirSync(folder)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => join(folder, file));
}

/** Runs `make` unless its result exists. Test files that run at the same time wait for the first one. */
function once(result: string, make: () => void): void {
  const lock = `${result}.lock`;
  for (let waited = 0; !existsSync(result); waited += POLL_MS) {
    if (take(lock)) {
      try {
        if (!existsSync(result)) make();
      } finally {
        rmSync(lock, { recursive: true });
      }
    } else if (waited > WAIT_MS) {
      throw new Error(`${lock} has been held for ${WAIT_MS / 1_000} s`);
    } else {
      // Synchronous, since test files synthesize while they are loaded.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
    }
  }
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** @throws {Error} if global-setup.js has not run */
function runFolder(): string {
  const folder = process.env.TEST_INFRA_TEMPLATES;
  if (folder === undefined) throw new Error('TEST_INFRA_TEMPLATES is not set: run these tests by Jest');
  return folder;
}
