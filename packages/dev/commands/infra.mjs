import { ensureInfraInstalled, ensureInstalled } from '../lib/install.mjs';
import { fromRoot } from '../lib/paths.mjs';
import { runToEnd } from '../lib/run-to-end.mjs';
import { findServiceNode } from '../lib/service-node.mjs';

/**
 * `npm run infra -- synth|diff|deploy|destroy …`: the AWS account of a configuration; infra/README.md.
 *
 * @param {string[]} args
 */
export default async function infra(args) {
  await ensureInstalled();
  await ensureInfraInstalled();
  const { code } = await runToEnd(await findServiceNode(), [fromRoot('infra/bin/infra.ts'), ...args], {
    show: true,
  });
  return code;
}
