import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { makeApp } from '../../lib/app.ts';
import { parseConfig, type ConfigInput } from '../../lib/config/config.ts';

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
  const outdir = mkdtempSync(join(tmpdir(), 'usermgmt-infra-'));
  try {
    const { stacks } = makeApp(parseConfig({ ...input, ...changes }), {
      outdir,
      withAssets: false,
      withNag: false,
    }).synth();
    return Object.fromEntries(
      stacks.map(({ id, template }) => [id, Template.fromJSON(template as Record<string, unknown>)]),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
