import { jwtVariables, openVariables } from '@usermgmt/service-kit/auth/auth.variables';
import { z } from 'zod';

/** Who may hand mails over. */
export const authVariables = {
  AUTH_MODE: z
    .enum(['none', 'jwt'], { error: 'must be none or jwt' })
    .optional()
    .describe(
      'Who gets in: `none` everybody, `jwt` by tokens of an issuer. Not set: `none`, but production wants it said',
    ),
  ...openVariables,
  ...jwtVariables('notification'),
  AUTH_SUBJECTS: z
    .string()
    .regex(/^[\x21-\x2b\x2d-\x7e]+(?:,[\x21-\x2b\x2d-\x7e]+)*$/, 'must be subjects with commas between them')
    .transform((text) => text.split(','))
    .default(['user-management'])
    .describe('`sub` of the tokens that may send; on Kubernetes `system:serviceaccount:NAMESPACE:NAME`'),
} as const;
