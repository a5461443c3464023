import { relative } from 'node:path';
import { ROOT } from '../paths.mjs';

/** @import { Mutant } from './area.mjs' */

/**
 * `mutants`: without those that change a text only; `tried`: of those; `score`: in percent
 *
 * @typedef {{ area: string, mutants: number, tried: number, killed: number, survived: number, score: number }} Score
 */

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
  const mutants = all.filter(({ status }) => status !== 'Ignored');
  const tried = mutants.filter(({ status }) => status !== 'NotTried');
  const survived = tried.filter(isAlive).length;
  return withScore({ area, mutants: mutants.length, tried: tried.length, survived });
}

/** @param {{ area: string, mutants: number, tried: number, survived: number }} counts @returns {Score} */
function withScore(counts) {
  const killed = counts.tried - counts.survived;
  return { ...counts, killed, score: counts.tried === 0 ? 100 : (100 * killed) / counts.tried };
}

/**
 * A Markdown table of the scores, with their sum.
 *
 * @param {readonly Score[]} scores
 * @returns {string[]}
 */
export function scoreTable(scores) {
  const sum = (/** @type {'mutants' | 'tried' | 'survived'} */ key) =>
    scores.reduce((total, score) => total + score[key], 0);
  const all = withScore({
    area: 'all',
    mutants: sum('mutants'),
    tried: sum('tried'),
    survived: sum('survived'),
  });
  return [
    '| Area | Mutants | Tried | Killed | Survived | Score |',
    '| --- | --- | --- | --- | --- | --- |',
    ...[...scores, all].map(
      ({ area, mutants, tried, killed, survived, score }) =>
        `| ${area} | ${mutants} | ${tried} | ${killed} | ${survived} | ${score.toFixed(1)} % |`,
    ),
  ];
}
