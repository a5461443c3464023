/**
 * Preloaded with --import into every server of the benchmark: from SIGUSR2 on,
 * Argon2 runs with the least that it can be set to, so that the rest of POST
 * user can be seen without a switch for it in the product.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const real = crypto.argon2;
let cheapest = {};
process.on('SIGUSR2', () => (cheapest = { memory: 8, passes: 1, parallelism: 1 }));
crypto.argon2 = (algorithm, parameters, callback) =>
  real(algorithm, { ...parameters, ...cheapest }, callback);
syncBuiltinESMExports();
