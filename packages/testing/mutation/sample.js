/**
 * Whether a mutant is tried where only every MUTATION_EVERYth is. Stryker numbers the mutants in the order of the code,
 * so that the choice is the same in each run.
 *
 * @param {string} mutant Stryker's number
 */
export const isTried = (mutant) => Number(mutant) % Number(process.env.MUTATION_EVERY ?? 1) === 0;
