import { z } from 'zod';
import { integer } from '../config.js';
import { networksOf } from './trusted-proxies.js';

/** Requests a minute from one address to one instance, unless the configuration says otherwise. */
const WIDE_LIMIT_PER_MINUTE = 60_000;

/** The environment of what stands between a client and the routes. */
export const protectionVariables = {
  TRUSTED_PROXIES: listOf(
    (text) => networksOf(text) !== undefined,
    'must be addresses, networks (10.0.0.0/16) or loopback, linklocal, uniquelocal',
  )
    .optional()
    .describe(
      'Proxies whose X-Forwarded-For is believed, and whose `Sampled=1`: `10.0.0.0/16,loopback`; not set: none',
    ),
  CORS_ORIGINS: listOf(isOrigin, 'must be origins such as https://app.example.com')
    .optional()
    .describe('Web pages that may call from a browser: `https://app.example.com`; not set: none'),
  RATE_LIMIT_PER_MINUTE: integer(0, 100_000_000)
    .optional()
    .describe(
      `Most requests a minute from one address to one instance; 0: any. Not set: ${WIDE_LIMIT_PER_MINUTE}, with AUTH_MODE=none any`,
    ),
} as const;

/** What {@link protectionVariables} parse into. */
export type ProtectionConfig = z.infer<z.ZodObject<typeof protectionVariables>>;

/** What the defaults of limits and the check of web pages depend on. */
export interface Openness {
  readonly AUTH_MODE?: string | undefined;
  readonly AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING?: boolean | undefined;
}

/** How many requests a minute one address may send; 0: any number. */
export const wideLimit = (config: Pick<ProtectionConfig, 'RATE_LIMIT_PER_MINUTE'> & Openness): number =>
  config.RATE_LIMIT_PER_MINUTE ?? limitUnlessOpen(config, WIDE_LIMIT_PER_MINUTE);

/** Whether everybody may do everything: on laptops, where all have one address. */
export const isOpen = ({ AUTH_MODE }: Openness): boolean => (AUTH_MODE ?? 'none') === 'none';

/**
 * Whether the service is open because it runs on a developer's machine, and not because an operator has said that
 * it shall be: what listens then answers no web page but its own (development-guard.ts).
 */
export const isForDevelopment = (config: Openness): boolean =>
  isOpen(config) && config.AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING !== true;

/** A limit's default; 0: none. */
export const limitUnlessOpen = (config: Openness, limit: number): number => (isOpen(config) ? 0 : limit);

/** A text with commas, as a list. */
function listOf(isRight: (part: string) => boolean, error: string) {
  return z.string().transform((text, context): string[] => {
    const parts = text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    if (parts.every(isRight)) return parts;
    context.addIssue(error);
    return z.NEVER;
  });
}

function isOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
