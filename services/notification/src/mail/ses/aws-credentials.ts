import { withoutLineEnds } from '@usermgmt/service-kit/variable-text';

/** What the AWS SDK reads by itself. */
const NAMES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;

/**
 * Removes line ends from the credentials that the AWS SDK reads from the
 * environment, as the configuration does with its own secrets: with one, every
 * request to SES would be refused for its signature.
 */
export function cleanAwsCredentials(environment: NodeJS.ProcessEnv): void {
  for (const name of NAMES) {
    const text = environment[name];
    if (text !== undefined) environment[name] = withoutLineEnds(text);
  }
}
