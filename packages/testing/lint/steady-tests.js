import { relative, resolve } from 'node:path';
import { STEADY_EXCEPTIONS } from './steady-exceptions.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const CLOCKS = new Set([
  ...['performance.now', 'process.hrtime', 'process.hrtime.bigint'],
  ...['process.cpuUsage', 'process.threadCpuUsage'],
]);
const SLEEPS = new Set(['setTimeout', 'setInterval', 'Atomics.wait']);

/** `performance.now` for its node; undefined for what is no name. */
function nameOf(node) {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed) return undefined;
  const object = nameOf(node.object);
  return object && `${object}.${node.property.name}`;
}

/** `sleep 5` in a command line of a test. */
const SHELL_SLEEP = /(^|[\s;&|('"])sleep \d/;

const isNow = (node) => node.type === 'CallExpression' && nameOf(node.callee) === 'Date.now';

/**
 * A test waits for what it asserts, and asserts no duration: on a busy machine both fail. Reports sleeps, and clocks that
 * measure how long something took.
 */
export const steadyTests = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      sleep:
        'Wait for what the test asserts (waitFor, an event), or stop the clock (deadlines.ts). If neither can be done: packages/testing/lint/steady-exceptions.js',
      duration:
        'Count work (queries, attempts, growthOf) instead of timing it. If that cannot be done: packages/testing/lint/steady-exceptions.js',
      count:
        '{{found}} sleeps and clocks, and steady-exceptions.js lists {{listed}} for this file: correct the list',
    },
  },
  create(context) {
    const { count: listed = 0 } =
      STEADY_EXCEPTIONS[relative(ROOT, context.filename).replaceAll('\\', '/')] ?? {};
    const found = [];
    return {
      ImportDeclaration({ source, specifiers }) {
        if (source.value !== 'node:timers/promises') return;
        for (const one of specifiers) {
          if (one.imported?.name !== 'setImmediate') found.push({ node: one, messageId: 'sleep' });
        }
      },
      CallExpression({ callee }) {
        const name = nameOf(callee) ?? '';
        if (SLEEPS.has(name)) found.push({ node: callee, messageId: 'sleep' });
        if (CLOCKS.has(name)) found.push({ node: callee, messageId: 'duration' });
      },
      // `Date.now() - begun` measures; `Date.now() - 60_000` is a time in the past.
      BinaryExpression(node) {
        const measures = (clock, other) => isNow(clock) && other.type === 'Identifier';
        if (node.operator !== '-') return;
        if (measures(node.left, node.right) || measures(node.right, node.left)) {
          found.push({ node, messageId: 'duration' });
        }
      },
      Literal({ value, parent }) {
        if (SHELL_SLEEP.test(value)) found.push({ node: parent, messageId: 'sleep' });
      },
      TemplateElement({ value, parent }) {
        if (SHELL_SLEEP.test(value.cooked)) found.push({ node: parent, messageId: 'sleep' });
      },
      'Program:exit'(program) {
        if (found.length === listed) return;
        if (listed > 0) {
          context.report({ node: program, messageId: 'count', data: { found: found.length, listed } });
        } else for (const one of found) context.report(one);
      },
    };
  },
};
