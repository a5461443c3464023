/**
 * Where a variant spends its CPU time.
 *
 *   npm run bench:profile -- [one|page|create] [production|off|floor|…]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { byFunction, byPackage, type CpuProfile, type Share, sharesOf } from './cpu-profile.ts';
import { buildPeer } from './peer-build.ts';
import { FULL } from './plan.ts';
import { measure } from './round.ts';
import { startServer } from './server.ts';
import { makeSite, stopAll } from './site.ts';
import { fullLoad } from './load.ts';
import { table } from './table.ts';
import { VARIANTS } from './variants.ts';

const AMOUNTS: Readonly<Record<string, number>> = { one: 60_000, page: 25_000, create: 4_000, send: 4_000 };
/** A profile is written at a proper exit, which the floor does not make on SIGTERM. */
const EXIT = "data:text/javascript,process.once('SIGTERM', () => process.exit())";

function print(title: string, shares: readonly Share[], cpu: number): void {
  const show = (share: number): string => `${(share * 100).toFixed(1)} % ${(share * cpu).toFixed(1)} µs`;
  const rows = shares.map(({ name, self, inclusive }) => [name, show(self), show(inclusive)]);
  console.log(`\n${table([title, 'self', 'with calls'], rows)}`);
}

const [what = 'one', name = 'production'] = process.argv.slice(2);
const phase = FULL.phases.find((other) => other.name === what);
const variant = VARIANTS.find((other) => other.name === name);
const amount = AMOUNTS[what];
if (!phase || !variant || amount === undefined)
  throw new Error(`choose one of ${Object.keys(AMOUNTS).join(', ')}`);
const stops: (() => unknown)[] = [];
try {
  await buildPeer();
  const site = await makeSite({ users: FULL.users, variants: [variant] }, stops);
  const begun = performance.now();
  const profiled = ['--cpu-prof', '--cpu-prof-dir', site.folder, '--import', EXIT];
  const server = await startServer(variant, site, profiled);
  stops.push(() => server.stop());
  server.switchHash();
  const load = (count: number) =>
    measure(server, site, phase, () => fullLoad(server, phase, { amount: count }));
  await load(Math.min(amount, 10_000));
  const warm = (performance.now() - begun) * 1_000;
  const { cpu = NaN, rps = NaN } = await load(amount);
  await server.stop();
  const file = readdirSync(site.folder).find((entry) => entry.endsWith('.cpuprofile')) ?? '';
  const profile = JSON.parse(readFileSync(join(site.folder, file), 'utf8')) as CpuProfile;
  console.log(
    `${variant.title}, ${phase.title}: ${cpu.toFixed(1)} µs of CPU time a request, ${rps.toFixed(0)} a second`,
  );
  const functions = sharesOf(profile, byFunction, warm);
  const own = functions.filter((share) => /\((?:services|packages)\//.test(share.name));
  print('package', sharesOf(profile, byPackage, warm).slice(0, 20), cpu);
  print('function', functions.slice(0, 45), cpu);
  print('our own function', own.toSorted((a, b) => b.inclusive - a.inclusive).slice(0, 40), cpu);
} finally {
  await stopAll(stops);
}
process.exit();
