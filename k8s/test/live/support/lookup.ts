import type { LookupFunction } from 'node:net';

/** Finds the same address for every host name: for a request's `lookup`. */
export const lookupOf =
  (address: string): LookupFunction =>
  (_host, { all }, callback) => {
    if (all) callback(null, [{ address, family: 4 }]);
    else callback(null, address, 4);
  };
