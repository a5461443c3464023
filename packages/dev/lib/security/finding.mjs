/**
 * What a check found.
 *
 * @typedef {object} Finding
 * @property {boolean} isGood
 * @property {string[]} lines the first one sums up
 */
export {};
