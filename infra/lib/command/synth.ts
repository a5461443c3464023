import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeApp } from '../app.ts';
import { loadConfig } from '../config/load-config.ts';

/**
 * Makes the templates of a configuration and checks them.
 *
 * @param name of a configuration, as loadConfig takes it
 * @returns the folder that holds them
 * @throws {Error} if the configuration or what comes out of it is wrong
 */
export async function synth(name: string): Promise<string> {
  const config = await loadConfig(name);
  const folder = fileURLToPath(new URL(`../../cdk.out/${basename(name, '.ts')}`, import.meta.url));
  rmSync(folder, { recursive: true, force: true });
  makeApp(config, { outdir: folder }).synth();
  return folder;
}
