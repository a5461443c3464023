import baseConfig from '../../../jest.config.js';

const { transform, moduleNameMapper, extensionsToTreatAsEsm, modulePathIgnorePatterns } =
  baseConfig.projects[0];
const ROOT = new URL('../../..', import.meta.url).pathname;

/** The specs to run, by their paths from the root and in this order; run-specs.js sets them. */
const specs = JSON.parse(process.env.MUTATION_SPECS ?? '[]');

/** Runs the specs of one area in one process, as the repository's configuration runs them. */
export default {
  rootDir: ROOT,
  roots: ['<rootDir>/services', '<rootDir>/packages'],
  transform,
  moduleNameMapper,
  extensionsToTreatAsEsm,
  modulePathIgnorePatterns,
  testMatch: specs.map((spec) => `<rootDir>/${spec}`),
  testEnvironment: '<rootDir>/packages/testing/mutation/environment.js',
  testSequencer: '<rootDir>/packages/testing/mutation/sequencer.cjs',
  testTimeout: baseConfig.testTimeout,
  // The folder has a new name in every run: Jest would keep a map of its files for each.
  cacheDirectory: process.env.MUTATION_CACHE,
  reporters: ['default'],
};
