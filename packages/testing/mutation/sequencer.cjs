const { relative, sep } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

const specs = JSON.parse(process.env.MUTATION_SPECS ?? '[]');

/** Runs the specs in the order of areas.js, the quickest first, whatever Jest remembers of earlier runs. */
module.exports = class ListedOrder extends Sequencer {
  sort(tests) {
    const place = ({ path, context }) =>
      specs.indexOf(relative(context.config.rootDir, path).replaceAll(sep, '/'));
    return [...tests].sort((one, other) => place(one) - place(other));
  }
};
