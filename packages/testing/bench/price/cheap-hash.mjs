/**
 * Preloaded with --import into every server of the benchmark: from one SIGUSR2
 * to the next, Argon2 runs with the least that it can be set to, so that the
 * rest of POST user can be seen without a switch for it in the product.
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const real = crypto.argon2;
const cheapest = { memory: 8, passes: 1, parallelism: 1 };
let isCheap = false;
process.on('SIGUSR2', () => (isCheap = !isCheap));
crypto.argon2 = (algorithm, parameters, callback) =>
  real(algorithm, { ...parameters, ...(isCheap && cheapest) }, callback);
syncBuiltinESMExports();
