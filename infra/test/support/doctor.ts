import { dirname } from 'node:path';
import { parseConfig, type ConfigInput } from '../../lib/config/config.ts';
import { AwsError, type Ask } from '../../lib/doctor/aws.ts';
import { planIn, type Plan } from '../../lib/doctor/plan.ts';
import { verdictsOf, type Check } from '../../lib/doctor/verdict.ts';
import { templateFiles } from './templates.ts';

export const ACCOUNT = '210987654321';

/** A configuration that can be deployed, made of an example. */
export function own(example: ConfigInput, region: string, changes: Partial<ConfigInput> = {}): ConfigInput {
  const text = JSON.stringify(example)
    .replaceAll('111122223333', ACCOUNT)
    .replaceAll('example.com', 'my.domain')
    .replaceAll('192.0.2.1', '198.18.0.1')
    .replaceAll('us-east-1', region);
  return { ...(JSON.parse(text) as ConfigInput), ...changes };
}

/** What a deployment of a configuration would make. */
export function planFor(input: ConfigInput): Plan {
  return planIn(dirname(templateFiles(input)[0]!), parseConfig(input));
}

/**
 * Answers without AWS, for verdicts that no emulator gives.
 *
 * @param answers by the beginning of a command: what its query gives, or an error. Everything else is denied.
 */
export function answering(answers: Record<string, unknown>): Ask {
  return (schema, command) => {
    const key = Object.keys(answers).find((beginning) => command.startsWith(beginning));
    const answer =
      key === undefined ? new AwsError(`aws ${command}: AccessDenied`, 'AccessDenied') : answers[key];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(schema.parse(answer));
  };
}

/** The verdicts of the checks whose title begins so, as `ok: …`, `to do: …` or `not checked: …`. */
export async function verdicts(checks: Check | Check[], title = ''): Promise<string[]> {
  const found = [checks].flat().filter((check) => check.title.startsWith(title));
  if (found.length === 0) throw new Error(`there is no check ${title}`);
  const all = await Promise.all(found.map((check) => verdictsOf(check)));
  return all.flat().map(({ is, text }) => `${is}: ${text}`);
}
