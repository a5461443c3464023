/** What is shown stands in the address after #, so that a reload, a bookmark and the back button find it again. */

const FILTERS = ['service', 'path', 'status', 'slow', 'error'];

/** @returns {URLSearchParams} */
function read() {
  return new URLSearchParams(location.hash.slice(1));
}

/** The filters alone, as the API takes them. */
export function filterInAddress() {
  return new URLSearchParams([...read()].filter(([name]) => FILTERS.includes(name)));
}

/** The trace and the segment or subsegment in it that are chosen. */
export function choiceInAddress() {
  const parameters = read();
  return { trace: parameters.get('trace'), node: parameters.get('node') };
}

/** @param {string} id @returns {string} where a link to the trace leads */
export function addressOf(id) {
  const parameters = filterInAddress();
  parameters.set('trace', id);
  return `#${parameters}`;
}

/** @param {Record<string, string>} filter what is empty is left out */
export function putFilter(filter) {
  const parameters = read();
  for (const name of FILTERS) parameters.delete(name);
  for (const [name, value] of Object.entries(filter)) if (value) parameters.set(name, value);
  history.replaceState(null, '', `#${parameters}`);
}

/** Chooses no trace any more. */
export function dropChoice() {
  history.replaceState(null, '', `#${filterInAddress()}`);
}

/** @param {string | null} node */
export function putNode(node) {
  const parameters = read();
  if (node) parameters.set('node', node);
  else parameters.delete('node');
  history.replaceState(null, '', `#${parameters}`);
}
