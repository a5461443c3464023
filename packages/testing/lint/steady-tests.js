import { relative, resolve } from 'node:path';
import { STEADY_EXCEPTIONS } from './steady-exceptions.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const MATCHERS = /^toBe(Less|Greater)Than(OrEqual)?$/;
const CLOCKS = new Set(['performance.now', 'process.hrtime', 'process.hrtime.bigint', 'process.cpuUsage']);
const SLEEPS = new Set(['setTimeout', 'setInterval', 'Atomics.wait']);

/** `performance.now` for its node; undefined for what is no name. */
function nameOf(node) {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed) return undefined;
  const object = nameOf(node.object);
  return object && `${object}.${node.property.name}`;
}

/** Whether the text of an expression is a duration: a difference to a clock, or a number of milliseconds or seconds. */
const isDuration = (text) => /\bDate\.now\(\)\s*-|-\s*Date\.now\(\)/.test(text);

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
      CallExpression(node) {
        const name = nameOf(node.callee) ?? '';
        if (SLEEPS.has(name)) found.push({ node, messageId: 'sleep' });
        if (CLOCKS.has(name)) found.push({ node, messageId: 'duration' });
        const isMatcher = node.callee.type === 'MemberExpression' && MATCHERS.test(node.callee.property.name);
        if (isMatcher && isDuration(context.sourceCode.getText(node))) {
          found.push({ node, messageId: 'duration' });
        }
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
