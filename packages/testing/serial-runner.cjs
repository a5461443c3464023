const { default: TestRunner } = require('jest-runner');

/** Jest's own runner for tests that share one machine with what they measure: one file after the other, when all others are done. */
module.exports = class SerialRunner extends TestRunner {
  isSerial = true;
};
