import { text } from 'node:stream/consumers';

/**
 * Writes a CycloneDX 1.6 document: node pipeline/sbom.mjs NAME VERSION NODE < node_modules/.package-lock.json
 *
 * npm keeps that file of what it has installed; `npm sbom` wants the development dependencies too, and an image has none.
 */
const [name = '', version = '', node = ''] = process.argv.slice(2);
/** @type {{ packages: Record<string, { version?: string, integrity?: string, license?: string, link?: boolean }> }} */
const lock = JSON.parse(await text(process.stdin));

const packages = Object.entries(lock.packages)
  .filter(([path, entry]) => path.includes('node_modules/') && entry.link !== true)
  .map(([path, entry]) =>
    component(path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), entry),
  );

const document = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: { component: { type: 'container', name, version } },
  components: [
    {
      type: 'platform',
      name: 'node',
      version: node.replace('v', ''),
      purl: `pkg:generic/node@${node.replace('v', '')}`,
    },
    ...packages,
  ],
};
process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);

/** @param {string} packageName @param {{ version?: string, integrity?: string, license?: string }} entry */
function component(packageName, { version: packageVersion = '', integrity, license }) {
  const purlName = packageName.replace('@', '%40');
  const [algorithm, hash] = integrity?.split('-') ?? [];
  return {
    type: 'library',
    name: packageName,
    version: packageVersion,
    purl: `pkg:npm/${purlName}@${packageVersion}`,
    ...(license !== undefined && { licenses: [{ license: { name: license } }] }),
    ...(algorithm === 'sha512' &&
      hash !== undefined && {
        hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }],
      }),
  };
}
