import { dim, red } from './terminal.mjs';

/** What stands in every line, or is shown in another way. */
const KNOWN = new Set(['level', 'time', 'service', 'version', 'pid', 'hostname', 'context', 'msg', 'err']);

/**
 * Makes a line of a JSON log readable: `HH:MM:SS level message field=value`, then an error's stack. Any
 * other line stays as it is.
 *
 * @param {string} line
 */
export function readable(line) {
  const entry = parse(line);
  if (entry === undefined) return line;
  const { level, time, context, msg = '', err } = entry;
  const fields = Object.entries(entry)
    .filter(([name]) => !KNOWN.has(name))
    .map(([name, value]) => dim(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`));
  const severity = ['error', 'fatal'].includes(level) ? red(level) : level;
  const text = [clock(time), severity, ...(context ? [dim(`[${context}]`)] : []), msg, ...fields].join(' ');
  const stack = err?.stack ?? err?.message;
  return stack === undefined || stack === msg ? text : `${text}\n${stack}`;
}

/** @param {string} line */
function parse(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line);
    return typeof entry.level === 'string' && entry.time !== undefined ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string | number} time */
function clock(time) {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
