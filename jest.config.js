/**
 * One run over all workspaces. Node runs the tests as ES modules (Jest needs
 * --experimental-vm-modules for that), and swc compiles TypeScript on the way.
 */
const common = {
  // Fails a suite that leaves open what keeps a worker alive.
  testEnvironment: '<rootDir>/packages/testing/environment.js',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@usermgmt/service-kit/(.*)$': '<rootDir>/packages/service-kit/src/$1.ts',
    '^@usermgmt/testing/(.*)$': '<rootDir>/packages/testing/src/$1.ts',
    '^@usermgmt/local-xray/(.*)$': '<rootDir>/packages/local-xray/src/$1.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2024',
        },
        module: { type: 'es6' },
      },
    ],
  },
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
};

const project = (name, folder) => ({
  ...common,
  displayName: name,
  rootDir: import.meta.dirname,
  testMatch: [`<rootDir>/${folder}/**/*.spec.ts`],
});

/** What runs in a cluster. */
const live = (name, folder) => ({
  ...project(name, folder),
  testEnvironment: './packages/testing/reporting-environment.js',
  globalTeardown: './k8s/test/live/tear-down.js',
});

export default {
  coverageProvider: 'v8',
  // A busy machine is no error; what must be quick is measured by the test itself.
  testTimeout: 30_000,
  // Of it.concurrent: the chapters of docs/learn, which wait for pods most of their time.
  maxConcurrency: 4,
  // Node never frees the ES modules that Jest loads in the context of a test file (nodejs/node#63186), some 30 MiB per
  // file of a service. A worker whose heap has grown to this is replaced by a new one, between two files.
  workerIdleMemoryLimit: '150MB',
  // What CodeBuild reads its test reports from.
  reporters: process.env.JUNIT_FILE
    ? ['default', ['jest-junit', { outputFile: process.env.JUNIT_FILE }]]
    : ['default'],
  testSequencer: './packages/testing/sequencer.js',
  globalSetup: './packages/testing/global-setup.js',
  globalTeardown: './packages/testing/global-teardown.js',
  projects: [
    project('service-kit', 'packages/service-kit'),
    project('user-management', 'services/user-management'),
    project('notification', 'services/notification'),
    project('local-xray', 'packages/local-xray'),
    project('system', 'packages/testing'),
    {
      ...project('k8s', 'k8s/test'),
      testPathIgnorePatterns: [...common.testPathIgnorePatterns, '/live/', '/load-balancers/'],
    },
    {
      ...project('infra', 'infra/test'),
      runtime: '<rootDir>/infra/test/support/native-packages.cjs',
      globalSetup: './infra/test/support/global-setup.js',
      globalTeardown: './infra/test/support/global-teardown.js',
    },
    {
      ...live('live', 'k8s/test/live'),
      testPathIgnorePatterns: [...common.testPathIgnorePatterns, '/under-load/'],
    },
    {
      ...live('live-under-load', 'k8s/test/live/under-load'),
      // What is measured: one file after the other, and not beside the rest.
      runner: './packages/testing/serial-runner.cjs',
    },
    {
      // Beside the AWS Load Balancer Controller, which changes the Services and Ingresses of the whole cluster.
      ...live('load-balancers', 'k8s/test/load-balancers'),
      runner: './packages/testing/serial-runner.cjs',
    },
  ],
};
