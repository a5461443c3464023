import { svg } from './dom.js';
import { chosenService, toggleService } from './filters.js';
import { count, duration, spoken } from './format.js';
import { LABEL_FONT, NAME_FONT, fitting } from './map-layout.js';
import { pictureOf } from './map-pictures.js';

/**
 * @import { CallFigures } from '../src/statistics.ts'
 * @import { MapNode } from '../src/service-map.ts'
 * @import { MapLayout } from './map-layout.js'
 */

/** What stands under the name; services have figures there, for all others the edges tell them. */
const FIGURES = /** @type {Partial<Record<MapNode['kind'], string>>} */ ({
  client: 'callers',
  database: 'database',
  aws: 'AWS',
  remote: 'remote',
});

/** A node where the plan has it, still without figures. @param {MapNode} node @param {MapLayout} plan */
export function drawNode({ id, kind, name }, { boxes }) {
  const { x, y, width, height } = boxes.get(id) ?? { x: 0, y: 0, width: 0, height: 0 };
  const canFilter = kind !== 'client';
  const choose = () => toggleService(name);
  return svg(
    'g',
    {
      class: `node ${kind}`,
      transform: `translate(${x - width / 2} ${y - height / 2})`,
      'data-node': id,
      ...(canFilter
        ? {
            role: 'button',
            tabindex: 0,
            click: choose,
            keydown: (/** @type {KeyboardEvent} */ event) => {
              if (event.key !== 'Enter' && event.key !== ' ') return;
              event.preventDefault();
              choose();
            },
          }
        : { role: 'img' }),
    },
    svg(
      'title',
      {},
      canFilter ? `${name}: choose to list its traces only` : 'whoever calls without sending segments',
    ),
    svg('rect', { width, height, rx: 7, class: 'box' }),
    svg('g', { class: 'picture', transform: 'translate(11 11)' }, pictureOf(kind)),
    svg('text', { x: 36, y: 21, class: 'name' }, fitting(name, width - 44, NAME_FONT)),
    svg('text', { x: 36, y: 37, class: 'figures' }),
    ...['ok', 'error', 'throttle', 'fault'].map((name) =>
      svg('rect', { class: `share ${name}`, y: height - 5, height: 3 }),
    ),
  );
}

/** Writes the figures into a drawn node. @param {SVGGElement | undefined} group @param {MapNode} node */
export function fillNode(group, node) {
  const figures = group?.querySelector('.figures');
  if (!group || !figures) return;
  const whole = Number(group.querySelector('.box')?.getAttribute('width')) - 16;
  const text = FIGURES[node.kind] ?? `${count(node.calls)} · p95 ${duration(node.p95Ms)}`;
  figures.textContent = fitting(text, whole - 24, LABEL_FONT);
  group.setAttribute(
    'aria-label',
    `${node.name}, ${node.kind}${node.kind === 'client' ? '' : `, ${spoken(node)}`}`,
  );
  if (node.kind !== 'client') group.setAttribute('aria-pressed', String(chosenService() === node.name));
  const shares = node.calls === 0 ? [0, 0, 0, 0] : sharesOf(node);
  let x = 8;
  for (const [index, bar] of [...group.querySelectorAll('.share')].entries()) {
    const width = whole * (shares[index] ?? 0);
    bar.setAttribute('x', String(x));
    bar.setAttribute('width', String(width));
    x += width;
  }
}

/** A throttled call is an error too; each is counted once, as its worst. @param {CallFigures} figures */
function sharesOf({ failedRate, faultRate, throttleRate }) {
  const throttle = Math.min(throttleRate, failedRate - faultRate);
  return [1 - failedRate, failedRate - faultRate - throttle, throttle, faultRate];
}
