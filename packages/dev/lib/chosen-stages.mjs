import { Failure } from './failure.mjs';

/**
 * Reads `--only STAGE[,STAGE…]` from the arguments of `npm run check`.
 *
 * @param {readonly string[]} args
 * @param {readonly string[]} all the names of the stages
 * @returns {{ stages: readonly string[], rest: string[] }} all stages without `--only`; `rest`: the other arguments
 * @throws {Failure} if a stage is missing or unknown
 */
export function chooseStages(args, all) {
  const at = args.indexOf('--only');
  if (at === -1) return { stages: all, rest: [...args] };
  const stages = (args[at + 1] ?? '').split(',');
  const unknown = stages.filter((stage) => !all.includes(stage));
  if (unknown.length > 0) {
    throw new Failure(
      `--only ${unknown.join(',')}: use one or more of ${all.join(',')}, with commas between`,
    );
  }
  return { stages, rest: args.filter((_, index) => index !== at && index !== at + 1) };
}
