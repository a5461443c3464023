import { read } from './kustomize.ts';

/** A row of the table of components in k8s/README.md: what the tests know of a component is what people read. */
export interface ComponentRow {
  name: string;
  /** Components that must stand beside it: one of each list. */
  needs: string[][];
  /** Components that it cannot stand beside. */
  notWith: string[];
  /** Topics of settings. */
  settings: string[];
}

const section = (title: string): string =>
  read('README.md')
    .split(/^## /m)
    .find((text) => text.startsWith(title)) ?? '';

const codes = (cell = ''): string[] => [...cell.matchAll(/`([a-z0-9-]+)`/g)].map(([, word = '']) => word);

/** All rows, in the order in which an overlay lists its components. */
export const componentRows = (): ComponentRow[] =>
  [
    ...section('Components').matchAll(
      /^\| `([a-z0-9-]+)` +\|([^|\n]+)\|([^|\n]+)\|([^|\n]+)\|([^|\n]+)\|$/gm,
    ),
  ].map(([, name = '', , needs, notWith, settings]) => ({
    name,
    needs: (needs ?? '')
      .split(',')
      .map(codes)
      .filter(({ length }) => length > 0),
    notWith: codes(notWith),
    settings: codes(settings),
  }));
