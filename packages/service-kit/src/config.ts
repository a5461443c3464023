import { z } from 'zod';
import { cleanText, problemOfText, type TextKind } from './variable-text.js';

/** What `process.env` looks like; tests pass their own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One line of the table that `--help` prints and the READMEs show. */
export interface VariableDescription {
  name: string;
  default: string;
  description: string;
}

/** Thrown by {@link loadConfig}; `problems` names every wrong variable, never its value. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`wrong configuration:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * What Kubernetes puts into the environment for each Service of the namespace: `METRICS_PORT=tcp://10.0.0.1:80` for one
 * that is called `metrics`.
 */
const SERVICE_LINK = /^(?:tcp|udp|sctp):\/\//;
const SERVICE_LINK_ADVICE =
  '; Kubernetes has set it, for a Service of that name: set the variable, or enableServiceLinks: false in the pod';

/**
 * Parses the environment once into a frozen object.
 *
 * An empty variable counts as not set, because compose and Kubernetes pass
 * empty strings for what was left out. White space and line ends around a
 * value are removed ({@link cleanText}); of a secret only the line ends.
 *
 * @throws ConfigError that lists all wrong variables at once
 */
export function loadConfig<T extends z.ZodObject>(schema: T, environment: Environment): Readonly<z.infer<T>> {
  const given: Record<string, string> = {};
  const wrong = new Map<string, string>();
  for (const [name, field] of Object.entries(schema.shape)) {
    const text = environment[name] ?? '';
    if (text.trim() === '') continue;
    const kind = kindOf(field as z.ZodType);
    const value = cleanText(text, kind);
    const problem = problemOfText(value, kind);
    // It is not looked at further: that of AUDIT_FILE would be created.
    if (problem === undefined) given[name] = value;
    else wrong.set(name, problem);
  }
  const result = schema.safeParse(given);
  if (result.success && wrong.size === 0) return Object.freeze(result.data);
  const others = (result.error?.issues ?? []).filter(({ path }) => !wrong.has(String(path[0])));
  throw new ConfigError([
    ...[...wrong].map(([name, problem]) => `${name}: ${problem}`),
    ...others.map(({ path, message }) => {
      const name = path.join('.');
      return `${name}: ${message}${SERVICE_LINK.test(given[name] ?? '') ? SERVICE_LINK_ADVICE : ''}`;
    }),
  ]);
}

/** For `.meta()` of a variable whose text is a password or a key: nothing but line ends at its end is removed. */
export const SECRET = { text: 'secret' } as const;
/** For `.meta()` of a variable whose text may be JSON: it may have line breaks inside. */
export const JSON_TEXT = { text: 'json' } as const;

function kindOf(field: z.ZodType): TextKind {
  const kind = field.meta()?.text;
  return kind === SECRET.text || kind === JSON_TEXT.text ? kind : 'line';
}

/** The variables of a configuration in the order in which they stand in its file. */
export function describeConfig(schema: z.ZodObject): VariableDescription[] {
  return Object.entries(schema.shape).map(([name, field]) => ({
    name,
    default: defaultOf(field as z.ZodType),
    description: (field as z.ZodType).description ?? '',
  }));
}

function defaultOf(field: z.ZodType): string {
  const parsed = field.safeParse(undefined);
  if (!parsed.success) return '(required)';
  if (parsed.data === undefined || isEmpty(parsed.data)) return '(not set)';
  if (isTexts(parsed.data)) return parsed.data.join(',');
  return typeof parsed.data === 'string' ? parsed.data : JSON.stringify(parsed.data);
}

const isEmpty = (value: unknown): boolean => ['[]', '{}'].includes(JSON.stringify(value));

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');

/** `true`, `1`, `yes`, `on` and their opposites, in any case. */
export const flag = (): z.ZodType<boolean> => z.stringbool({ error: 'must be true or false' });

/** A whole number between two bounds, both included. */
export const integer = (minimum: number, maximum: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`)
    .meta({ minimum, maximum });

/** The bounds of a variable that {@link integer} made; undefined for any other. */
export function boundsOf(field: z.ZodType): { minimum: number; maximum: number } | undefined {
  if (field instanceof z.ZodDefault || field instanceof z.ZodOptional) {
    return boundsOf(field.unwrap() as z.ZodType);
  }
  const { minimum, maximum } = field.meta() ?? {};
  return typeof minimum === 'number' && typeof maximum === 'number' ? { minimum, maximum } : undefined;
}

/** A number from 0 to 1. */
export const fraction = (): z.ZodType<number> =>
  z
    .string()
    .regex(/^(?:0(?:\.\d{1,6})?|1(?:\.0{1,6})?)$/, 'must be a number from 0 to 1')
    .transform(Number);

/** A host name or an IP address, without scheme, port or path. */
export const hostname = (): z.ZodType<string> =>
  z.string().regex(/^[A-Za-z0-9._:-]{1,253}$/, 'must be a host name or an address, without scheme or port');

/** The variables that both services have. Spread into each service's own schema. */
export const commonVariables = {
  NODE_ENV: z
    .enum(['production', 'development', 'test'], { error: 'must be production, development or test' })
    .default('development')
    .describe('`production` in the images; turns off what is only safe on a laptop'),
  HOST: hostname().default('0.0.0.0').describe('Address to listen on'),
  APP_VERSION: z
    .string()
    .max(64, 'must have at most 64 characters')
    .default('V1')
    .describe('What the answers show as `appversion`'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], { error: 'must be a pino level' })
    .default('info')
    .describe('Least level that is logged'),
  ACCESS_LOG_SAMPLE_RATE: fraction()
    .default(1)
    .describe('Share of successful requests that get a log line, 0 to 1; failed ones always get one'),
  SHUTDOWN_DELAY_MS: integer(0, 120_000)
    .default(0)
    .describe('How long to go on serving, not ready, after SIGTERM; on Kubernetes a few seconds'),
  SHUTDOWN_DEADLINE_MS: integer(0, 600_000)
    .default(20_000)
    .describe('How long requests in flight may take to finish after that'),
} as const;

/** What {@link commonVariables} parses into. */
export type CommonConfig = z.infer<z.ZodObject<typeof commonVariables>>;
