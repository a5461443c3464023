import { byId, svg } from './dom.js';
import { arrowHeads, drawEdge, fillEdge, labelOf } from './map-edge.js';
import { edgeKey, isNarrow, labelWidth, layOut } from './map-layout.js';
import { drawNode, fillNode } from './map-node.js';

/**
 * @import { ServiceMap } from '../src/service-map.ts'
 * @import { MapLayout } from './map-layout.js'
 */

/** Smaller letters cannot be read: what does not fit then is scrolled. */
const LEAST_SCALE = 0.85;

const place = byId('map', HTMLElement);

/** What is drawn now; a change of figures alone changes texts in it, so that focus stays. */
const drawn = { structure: '', /** @type {Map<string, SVGGElement>} */ groups: new Map() };
/** @type {ServiceMap} */
let current = { nodes: [], edges: [] };

/** Draws the map anew when the room for it changes. */
export function startServiceMap() {
  new ResizeObserver(() => showServiceMap(current)).observe(place);
}

/** @param {ServiceMap} map */
export function showServiceMap(map) {
  current = map;
  if (map.nodes.length === 0) {
    drawn.structure = '';
    place.replaceChildren();
    return;
  }
  const room = place.clientWidth;
  const labelWidths = map.edges.map((edge) => labelWidth(labelOf(edge)));
  const structure = JSON.stringify([
    isNarrow(room) ? room : 'wide',
    map.nodes.map(({ id }) => id),
    map.edges.map(edgeKey),
    labelWidths,
  ]);
  if (structure !== drawn.structure) {
    drawn.structure = structure;
    draw(map, layOut(map, { room, labelWidths }));
  }
  for (const node of map.nodes) fillNode(drawn.groups.get(node.id), node);
  const names = new Map(map.nodes.map(({ id, name }) => [id, name]));
  for (const edge of map.edges) {
    fillEdge(
      drawn.groups.get(edgeKey(edge)),
      edge,
      `${names.get(edge.source)} calls ${names.get(edge.target)}`,
    );
  }
  fit();
}

/** @param {ServiceMap} map @param {MapLayout} plan */
function draw(map, plan) {
  const focused = document.activeElement?.getAttribute('data-node');
  drawn.groups.clear();
  const edges = map.edges.map((edge) => {
    const group = drawEdge(edge, plan);
    drawn.groups.set(edgeKey(edge), group);
    return group;
  });
  const nodes = map.nodes.map((node) => {
    const group = drawNode(node, plan);
    drawn.groups.set(node.id, group);
    return group;
  });
  place.replaceChildren(
    svg(
      'svg',
      {
        viewBox: `0 0 ${plan.width} ${plan.height}`,
        'data-width': plan.width,
        role: 'group',
        'aria-label': 'Who calls whom',
      },
      svg('defs', {}, ...arrowHeads()),
      ...edges,
      ...nodes,
    ),
  );
  if (focused) drawn.groups.get(focused)?.focus();
}

function fit() {
  const picture = place.querySelector('svg');
  if (!picture) return;
  const width = Number(picture.dataset.width);
  const scale = Math.min(1, Math.max(LEAST_SCALE, place.clientWidth / width));
  picture.setAttribute('width', String(Math.floor(width * scale)));
}
