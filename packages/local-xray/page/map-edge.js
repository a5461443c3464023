import { svg } from './dom.js';
import { counted, durations, percent, spoken } from './format.js';
import { edgeKey } from './map-layout.js';

/**
 * @import { MapEdge } from '../src/service-map.ts'
 * @import { MapLayout } from './map-layout.js'
 */

/** The ends of lines: one for calls that all went well, one for others. */
export function arrowHeads() {
  return [arrowHead('arrow'), arrowHead('arrow-failed')];
}

/** A line where the plan has it, still without figures. @param {MapEdge} edge @param {MapLayout} plan */
export function drawEdge(edge, { lines }) {
  const { x, y, width, points } = lines.get(edgeKey(edge)) ?? { x: 0, y: 0, width: 0, points: [] };
  return svg(
    'g',
    { class: 'edge', role: 'img' },
    svg('path', { d: pathThrough(points), 'marker-end': 'url(#arrow)' }),
    svg('rect', { x: x - width / 2, y: y - 16, width, height: 32, rx: 4 }),
    svg('text', { x, y: y - 3 }),
    svg('text', { x, y: y + 11, class: 'times' }),
  );
}

/** Writes the figures to a drawn line. @param {SVGGElement | undefined} group @param {MapEdge} edge @param {string} who */
export function fillEdge(group, edge, who) {
  const [first, second] = group?.querySelectorAll('text') ?? [];
  if (!group || !first || !second) return;
  [first.textContent, second.textContent] = labelOf(edge);
  const isFailing = edge.failedRate > 0;
  group.classList.toggle('failing', isFailing);
  group.querySelector('path')?.setAttribute('marker-end', isFailing ? 'url(#arrow-failed)' : 'url(#arrow)');
  group.setAttribute('aria-label', `${who}: ${spoken(edge)}`);
}

/** The two lines of text at an edge. @param {MapEdge} edge @returns {[string, string]} */
export function labelOf({ calls, failedRate, p50Ms, p95Ms }) {
  const [p50, p95] = durations(p50Ms, p95Ms);
  return [`${counted(calls, 'call')} · ${percent(failedRate)} failed`, `p50 ${p50} · p95 ${p95}`];
}

/** A line that is round at the points between. @param {{ x: number, y: number }[]} points */
function pathThrough(points) {
  const [start, ...rest] = points;
  if (!start) return '';
  let path = `M${start.x} ${start.y}`;
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1];
    path += next
      ? `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`
      : `L${point.x} ${point.y}`;
  }
  return path;
}

/** @param {string} id */
function arrowHead(id) {
  const marker = {
    id,
    viewBox: '0 0 8 8',
    refX: 7,
    refY: 4,
    markerWidth: 7,
    markerHeight: 7,
    orient: 'auto',
  };
  return svg('marker', marker, svg('path', { d: 'M0 0.5 8 4 0 7.5z', class: id }));
}
