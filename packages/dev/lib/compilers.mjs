import { startChild } from './child.mjs';
import { prefixed } from './prefixed.mjs';

const PROJECTS = ['packages/service-kit', 'services/notification', 'services/user-management'];

/** What the compiler says when all is well is not worth a line on each change. */
const NOISE = /Starting (incremental )?compilation|File change detected|Found 0 errors/;

/**
 * Starts a compiler for each project that compiles again whenever a source changes.
 *
 * @param {string} node
 */
export function startCompilers(node) {
  return PROJECTS.map((project) => {
    const write = prefixed('tsc');
    return startChild(
      {
        name: `tsc ${project}`,
        script: 'node_modules/typescript/bin/tsc',
        args: ['-p', `${project}/tsconfig.build.json`, '--watch', '--preserveWatchOutput'],
        env: process.env,
      },
      node,
      (line) => {
        if (line.trim() !== '' && !NOISE.test(line)) write(line);
      },
    );
  });
}
