import { relative } from 'node:path';
import { ROOT } from '../paths.mjs';

/** @import { Mutant } from './area.mjs' */

/** @typedef {{ area: string, mutants: number, killed: number, survived: number, score: number }} Score in percent */

const MOST_CHARACTERS = 100;

/** @param {Mutant} mutant */
const isAlive = ({ status }) => status === 'Survived' || status === 'NoCoverage';

/**
 * Lines about the mutants that no test noticed.
 *
 * @param {readonly Mutant[]} mutants
 */
export const survivors = (mutants) =>
  mutants.filter(isAlive).map(({ file, line, mutator, original, replacement, status }) => {
    const reached = status === 'NoCoverage' ? ', reached by no test' : '';
    return `  ${relative(ROOT, file)}:${line} ${mutator}${reached}: ${short(original)} → ${short(replacement)}`;
  });

/** @param {string} code @returns {string} in one line */
const short = (code) => {
  const line = code.replaceAll(/\s+/g, ' ');
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
};

/** @param {string} area @param {readonly Mutant[]} all @returns {Score} */
export function scoreOf(area, all) {
  const tried = all.filter(({ status }) => status !== 'Ignored');
  const survived = tried.filter(isAlive).length;
  const killed = tried.length - survived;
  return {
    area,
    mutants: tried.length,
    killed,
    survived,
    score: tried.length === 0 ? 100 : (100 * killed) / tried.length,
  };
}

/**
 * A Markdown table of the scores, with their sum.
 *
 * @param {readonly Score[]} scores
 * @returns {string[]}
 */
export function scoreTable(scores) {
  const sum = (/** @type {'mutants' | 'killed' | 'survived'} */ key) =>
    scores.reduce((total, score) => total + score[key], 0);
  const [mutants, killed] = [sum('mutants'), sum('killed')];
  const all = { area: 'all', mutants, killed, survived: sum('survived'), score: (100 * killed) / mutants };
  return [
    '| Area | Mutants | Killed | Survived | Score |',
    '| --- | --- | --- | --- | --- |',
    ...[...scores, all].map(
      ({ area, score, ...counts }) =>
        `| ${area} | ${counts.mutants} | ${counts.killed} | ${counts.survived} | ${score.toFixed(1)} % |`,
    ),
  ];
}
