// This file and the entries that import it are all that an old Node parses before it is told what to
// do, so they import nothing and keep to old syntax.

/** Characters that no tool has a way to quote where it uses the path. @type {[string, string][]} */
const FORBIDDEN = [
  [':', 'colon, which separates folders in PATH: npm finds no tool in such a folder'],
  [
    '*',
    'star, for which Node puts other text into the addresses of packages: it finds no package in such a folder',
  ],
];

/**
 * Runs a command: checks the path of the repository and the version of Node, loads the command, and turns what it throws into one line.
 *
 * @param {() => Promise<{ default: (args: string[]) => Promise<number> }>} load imports the command's module
 */
export function run(load) {
  if (parseInt(process.versions.node, 10) < 20) {
    process.stderr.write(
      'Node ' +
        process.versions.node +
        ' is too old: install Node 24 (https://nodejs.org), then run this again\n',
    );
    process.exit(1);
  }
  const folder = decodeURIComponent(new URL('../../..', import.meta.url).pathname);
  if (process.platform !== 'win32') {
    for (const [character, reason] of FORBIDDEN) {
      if (folder.indexOf(character) === -1) continue;
      process.stderr.write(
        'The path ' + folder + ' holds a ' + reason + '. Move the repository, then run this again\n',
      );
      process.exit(1);
    }
  }
  load()
    .then(function (command) {
      return command.default(process.argv.slice(2));
    })
    .then(
      function (code) {
        process.exitCode = code;
      },
      function (error) {
        process.exitCode = error.name === 'Interrupted' ? 130 : 1;
        if (error.name === 'Interrupted') return;
        // A Failure is expected and says what to do; anything else is a defect, and its stack is wanted.
        process.stderr.write((error.name === 'Failure' ? error.message : error.stack || error) + '\n');
      },
    );
}
