import { svg } from './dom.js';

/** @import { MapNode } from '../src/service-map.ts' */

/** Drawn on 16 × 16 with lines. @type {Record<MapNode['kind'], string>} */
const PATHS = {
  client: 'M8 2.5a2.7 2.7 0 1 1 0 5.4a2.7 2.7 0 0 1 0-5.4zM2.8 14c.6-3 2.6-4.3 5.2-4.3s4.6 1.3 5.2 4.3z',
  service: 'M8 1.8l5.6 3.1v6.2L8 14.2l-5.6-3.1V4.9zM2.6 5L8 8l5.4-3M8 8v6',
  database:
    'M2.5 4c0-1.2 2.4-2 5.5-2s5.5.8 5.5 2v8c0 1.2-2.4 2-5.5 2s-5.5-.8-5.5-2zM2.5 4c0 1.2 2.4 2 5.5 2s5.5-.8 5.5-2M2.5 8c0 1.2 2.4 2 5.5 2s5.5-.8 5.5-2',
  aws: 'M4.4 12.5a3 3 0 0 1-.3-6a4 4 0 0 1 7.7-.8a3.4 3.4 0 0 1 .4 6.8z',
  remote:
    'M8 2a6 6 0 1 1 0 12a6 6 0 0 1 0-12zM2.2 8h11.6M8 2c2 1.8 2.6 3.8 2.6 6S10 12.2 8 14c-2-1.8-2.6-3.8-2.6-6S6 3.8 8 2z',
};

/** @param {MapNode['kind']} kind */
export function pictureOf(kind) {
  return svg('path', { d: PATHS[kind] });
}
