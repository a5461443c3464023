/** What goes wrong for a known reason: its message is the one line that says what to do. */
export class Failure extends Error {
  /**
   * @param {string} line what is wrong and what to do
   * @param {readonly string[]} [before] lines of a log that explain it, shown above the line
   */
  constructor(line, before = []) {
    super([...before, line].join('\n'));
    this.name = 'Failure';
  }
}
