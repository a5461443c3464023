import { z } from 'zod';
import { flag } from '../config.js';

/** The variables by which both services choose who gets in. */
export const authVariables = {
  AUTH_MODE: z
    .enum(['none'], { error: 'must be none' })
    .optional()
    .describe('Who gets in; `none`: everybody. Not set: `none`, but production wants it said'),
  AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING: flag()
    .default(false)
    .describe('`true`: AUTH_MODE=none also under NODE_ENV=production'),
} as const;

/** What {@link authVariables} parse into. */
export type AuthConfig = z.infer<z.ZodObject<typeof authVariables>>;

type ModeConfig = AuthConfig & { NODE_ENV: string };

/** A rule across variables, for `refine`: production is closed unless somebody says, loudly, that it is not. */
export const isAuthModeAllowed = (config: ModeConfig): boolean => wrongAuthMode(config) === undefined;

export const authModeRule = {
  path: ['AUTH_MODE'],
  error: ({ input }: { input?: unknown }) => wrongAuthMode(input as ModeConfig),
  // Also when other variables are wrong, so that all problems are reported at once.
  when: () => true,
};

function wrongAuthMode({
  NODE_ENV,
  AUTH_MODE,
  AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING: isMeant,
}: ModeConfig): string | undefined {
  if (NODE_ENV !== 'production') return undefined;
  if (AUTH_MODE === undefined) return 'must be set when NODE_ENV is production';
  if (isMeant) return undefined;
  return 'must not be none when NODE_ENV is production, unless AUTH_NONE_I_KNOW_EVERYBODY_CAN_DO_EVERYTHING is true';
}
