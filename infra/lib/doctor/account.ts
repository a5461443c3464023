import { z } from 'zod';
import { AwsError, type Ask } from './aws.ts';
import type { Plan } from './plan.ts';
import { ok, toDo, type Check } from './verdict.ts';

const INSTALL = 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html';

/** The account and the ARN of the caller. Needs no rights: every identity may ask who it is. */
export const callerOf = (ask: Ask) =>
  ask(z.tuple([z.string(), z.string()]), 'sts get-caller-identity', '[Account, Arn]');

/** The credentials, and the region that they are used in. */
export function account({ config }: Plan, ask: Ask): Check {
  const run = async () => {
    try {
      const [found, arn] = await callerOf(ask);
      if (found === config.account) return ok(`${arn} in ${config.region}`);
      return toDo(`log in to the account ${config.account}: these credentials are ${arn}`);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.message.includes('not installed')) return toDo(`install the AWS CLI 2: ${INSTALL}`);
      // Not about credentials: the network does not work, for example.
      if (error.code === undefined && !/credentials|token|session|profile/i.test(error.message)) throw error;
      // A region that is not enabled accepts no credentials.
      return toDo(
        `log in (aws login, aws sso login, aws configure), and enable ${config.region} if it is not: ${error.message}`,
      );
    }
  };
  return { title: 'credentials', run };
}
