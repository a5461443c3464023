import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import ClosingEnvironment from '../environment.js';
import { coverageFileOf } from './coverage.js';

/** The mutant of this run, by Stryker's number; undefined in the first run, which finds out what each spec reaches. */
const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;

/** The environment of all suites, which ends a mutant's run at its first failure and writes down what a spec reaches. */
export default class MutationEnvironment extends ClosingEnvironment {
  #spec;

  constructor(config, context) {
    super(config, context);
    this.#spec = relative(config.globalConfig.rootDir, context.testPath);
  }

  handleTestEvent(event) {
    super.handleTestEvent(event);
    const hasFailed = event.name === 'test_fn_failure' || event.name === 'hook_failure';
    // The mutant is killed: no other test has to run, and nothing is closed. What is left in folders goes with TMPDIR.
    if (hasFailed && mutant !== undefined) process.exit(1);
  }

  async teardown() {
    if (mutant === undefined) {
      const { static: byModule = {}, perTest = {} } = this.global.__stryker__?.mutantCoverage ?? {};
      const reached = Object.keys(Object.assign({}, byModule, ...Object.values(perTest)));
      writeFileSync(coverageFileOf(this.#spec), JSON.stringify(reached));
    }
    await super.teardown();
  }
}
