import { byId, html } from './dom.js';
import { count, duration, percent } from './format.js';

/** @import { ServiceMap } from '../src/service-map.ts' */

const place = byId('map-table', HTMLElement);
const HEADS = ['From', 'To', 'Calls', 'Errors', 'Faults', 'Throttled', 'p50', 'p95'];

/** The map's calls as a table, for who cannot see the picture or wants all figures. @param {ServiceMap} map */
export function showMapTable({ nodes, edges }) {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  const rows = edges.map((edge) => [
    names.get(edge.source) ?? '',
    names.get(edge.target) ?? '',
    count(edge.calls),
    percent(edge.errorRate),
    percent(edge.faultRate),
    percent(edge.throttleRate),
    duration(edge.p50Ms),
    duration(edge.p95Ms),
  ]);
  place.replaceChildren(
    html(
      'table',
      {},
      html('thead', {}, html('tr', {}, ...HEADS.map((head) => html('th', { scope: 'col' }, head)))),
      html('tbody', {}, ...rows.map((cells) => html('tr', {}, ...cells.map((cell) => html('td', {}, cell))))),
    ),
  );
}
