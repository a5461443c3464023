const { createRequire } = require('node:module');
const { sep } = require('node:path');
const { default: Runtime } = require('jest-runtime');

const PACKAGES = ['aws-cdk-lib', 'cdk-nag', 'constructs', '@aws-cdk'].map(
  (name) => `${sep}node_modules${sep}${name}${sep}`,
);

/**
 * Jest's module loader, except that Node itself loads the CDK, once per worker. In the context of a test file, Jest
 * would load its 1,000 modules again for each file, never free them (nodejs/node#63186), and run them several times
 * slower. The CDK's modules keep no state of an App.
 */
class NativePackagesRuntime extends Runtime {
  requireModuleOrMock(from, name) {
    const path = this.pathOf(from, name);
    return PACKAGES.some((part) => path?.includes(part))
      ? createRequire(from)(path)
      : super.requireModuleOrMock(from, name);
  }

  /** @returns {string | undefined} of no relative path: the CDK's own files do not come here */
  pathOf(from, name) {
    if (name.startsWith(sep)) return name;
    if (!PACKAGES.some((part) => `${sep}node_modules${sep}${name}${sep}`.startsWith(part))) return undefined;
    return createRequire(from).resolve(name);
  }
}

module.exports = { __esModule: true, default: NativePackagesRuntime };
