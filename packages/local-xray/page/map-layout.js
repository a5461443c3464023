import { Graph, layout } from '../../../node_modules/@dagrejs/dagre/dist/dagre.esm.js';

/** @import { MapEdge, MapNode, ServiceMap } from '../src/service-map.ts' */

/** @typedef {{ x: number, y: number, width: number, height: number }} Box `x` and `y` are its middle */
/** @typedef {{ x: number, y: number, width: number, points: { x: number, y: number }[] }} Line `x` and `y` are its label's middle */
/**
 * @typedef {object} MapLayout
 * @property {number} width
 * @property {number} height
 * @property {Map<string, Box>} boxes by the node's id
 * @property {Map<string, Line>} lines by edgeKey
 */

const NODE_HEIGHT = 52;
const LEAST_NODE_WIDTH = 92;
/** The widest nodes, tried in turn where there is little room. */
const MOST_NODE_WIDTHS = [270, 210, 170, 138];
/** Beside the name: the picture and the margins. */
const NODE_PADDING = 48;
const NARROW_PX = 760;
const LABEL_HEIGHT = 32;
/** Labels grow in steps, so that not each new figure moves the map. */
const LABEL_STEP = 12;

const FAMILY = getComputedStyle(document.body).fontFamily;
/** Of names and of all other texts, as in style.css. */
export const NAME_FONT = `600 12.5px ${FAMILY}`;
export const LABEL_FONT = `600 11.5px ${FAMILY}`;

const measure = document.createElement('canvas').getContext('2d');

/** @typedef {{ room: number, labelWidths: readonly number[] }} Options one label width for each edge */

/**
 * Where everything goes: callers left of what they call, or above it where there is little room; long names are
 * shortened only where even that is too wide.
 *
 * @param {ServiceMap} map
 * @param {Options} options
 * @returns {MapLayout}
 */
export function layOut(map, options) {
  const plans = (isNarrow(options.room) ? MOST_NODE_WIDTHS : MOST_NODE_WIDTHS.slice(0, 1)).map((most) =>
    layOutWith(map, options, most),
  );
  return plans.find(({ width }) => width <= options.room) ?? plans.reduce((_wider, narrowest) => narrowest);
}

/** Whether callers go above what they call. @param {number} room in pixels */
export function isNarrow(room) {
  return room < NARROW_PX;
}

/** @param {ServiceMap} map @param {Options} options @param {number} most the widest node */
function layOutWith({ nodes, edges }, { room, labelWidths }, most) {
  const graph = new Graph();
  graph.setGraph({
    rankdir: isNarrow(room) ? 'TB' : 'LR',
    nodesep: isNarrow(room) ? 12 : 20,
    ranksep: isNarrow(room) ? 22 : 34,
    edgesep: 14,
    marginx: 4,
    marginy: 4,
  });
  for (const { id, name } of nodes) {
    const width = Math.ceil(widthOf(name, NAME_FONT)) + NODE_PADDING;
    graph.setNode(id, { width: Math.min(most, Math.max(LEAST_NODE_WIDTH, width)), height: NODE_HEIGHT });
  }
  for (const [index, { source, target }] of edges.entries()) {
    graph.setEdge(source, target, { width: labelWidths[index] ?? 0, height: LABEL_HEIGHT, labelpos: 'c' });
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    boxes: new Map(nodes.map(({ id }) => [id, graph.node(id)])),
    lines: new Map(edges.map((edge) => [edgeKey(edge), graph.edge(edge.source, edge.target)])),
  };
}

/** How wide a label with these lines is drawn. @param {readonly string[]} lines */
export function labelWidth(lines) {
  const width = Math.max(...lines.map((line) => widthOf(line, LABEL_FONT)));
  return Math.ceil((width + 8) / LABEL_STEP) * LABEL_STEP;
}

/** @param {Pick<MapEdge, 'source' | 'target'>} edge */
export function edgeKey({ source, target }) {
  return `${source} → ${target}`;
}

/** The text, or as much of it as fits. @param {string} text @param {number} width @param {string} font */
export function fitting(text, width, font) {
  if (widthOf(text, font) <= width) return text;
  let end = text.length;
  while (end > 1 && widthOf(`${text.slice(0, end)}…`, font) > width) end--;
  return `${text.slice(0, end)}…`;
}

/** @param {string} text @param {string} font */
function widthOf(text, font) {
  if (!measure) return 8 * text.length;
  measure.font = font;
  return measure.measureText(text).width;
}
