import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** Codes that clients and operators compare: `TOKEN_INVALID`, `invalid_grant`, `msg`. */
const CODE = /^(?:[A-Z_]+|[a-z]+(?:_[a-z]+)*)$/;
const LOG_LEVEL = /^(?:trace|debug|log|warn|error|fatal)$/;

/** @returns {string} the name that is called or constructed: of `a.b.c()`, `c` */
const nameOf = ({ type, name, property }) => (type === 'MemberExpression' ? nameOf(property) : (name ?? ''));

/** `logger.warn(…)`, `say(…)` */
const isLogCall = ({ node: { type, callee } }) =>
  type === 'CallExpression' &&
  (nameOf(callee) === 'say' ||
    (callee.type === 'MemberExpression' &&
      nameOf(callee.object).startsWith('log') &&
      LOG_LEVEL.test(nameOf(callee))));

/** `new Logger(…)`: the name by which log lines show who wrote them */
const isLogger = ({ node: { type, callee } }) => type === 'NewExpression' && nameOf(callee) === 'Logger';

/** `new AppError(…)`, and `super(…)` of a class of errors */
const isError = (path) => {
  const { type, callee } = path.node;
  if (type === 'NewExpression') return nameOf(callee).endsWith('Error');
  if (type !== 'CallExpression' || callee.type !== 'Super') return false;
  return nameOf(path.findParent((one) => one.isClass()).node.superClass).endsWith('Error');
};

/** `this.name = …`: an error's name, which log lines show */
const isName = ({ node: { type, left } }) =>
  type === 'AssignmentExpression' && left.object?.type === 'ThisExpression' && nameOf(left) === 'name';

/** Leaves out the mutants that change nothing but a text that a log line or an error shows to people. */
const texts = {
  shouldIgnore(path) {
    const isText = path.isTemplateLiteral() || path.isStringLiteral();
    if (!isText) return undefined;
    if (isLogger(path.parentPath)) return 'the name of a logger';
    if (path.isStringLiteral() && CODE.test(path.node.value)) return undefined;
    const owner = path.findParent((one) => one.isFunction() || isLogCall(one) || isError(one) || isName(one));
    return owner === null || owner.isFunction() ? undefined : 'a text for people';
  },
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'texts', texts)];
