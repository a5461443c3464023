/** The library's types, for its path as page-files.ts serves it. */
declare module '*/dagre.esm.js' {
  export * from '@dagrejs/dagre';
}
