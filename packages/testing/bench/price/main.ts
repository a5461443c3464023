/**
 * What user-management and notification cost, against a floor and a peer.
 * Figures never make it fail; that something does not answer does.
 *
 *   npm run bench                 under 10 minutes; writes docs/performance.md and docs/performance.json
 *   npm run bench -- --quick      shows that it works, under a minute; writes test-results/bench.json only
 *   npm run bench -- --rounds 3 --phases one,page --variants floor,production
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeDocument } from './document.ts';
import { buildPeer } from './peer-build.ts';
import { chosen, FULL, QUICK } from './plan.ts';
import { report } from './report.ts';
import { FIGURES, Results, type Sample } from './results.ts';
import { measureStarts, type Rates, runRound } from './round.ts';
import { describeRun, type Run, summary } from './run.ts';
import { type Server, startServer } from './server.ts';
import { makeSite, stopAll } from './site.ts';
import { VARIANTS } from './variants.ts';

const ROOT = new URL('../../../../', import.meta.url);

const args = process.argv.slice(2);
const { values } = parseArgs({
  args,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    phases: { type: 'string' },
    variants: { type: 'string' },
  },
});
const plan = chosen(values.quick ? QUICK : FULL, VARIANTS, values);
const isWhole = !values.quick && values.phases === undefined && values.variants === undefined;
const rounds = Number(values.rounds ?? plan.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number from 1');

const begun = performance.now();
const elapsed = (): number => Math.round((performance.now() - begun) / 1_000);
const stops: (() => unknown)[] = [];
const interrupted = new Promise<never>((_resolve, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      reject(new Error(`ended by ${signal}`));
    });
  }
});

async function measure(): Promise<void> {
  const described = describeRun(['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '));
  await buildPeer();
  const site = await makeSite(plan, stops);
  console.log(`${elapsed()} s  ${site.cores.description}`);
  const servers: Server[] = [];
  for (const variant of plan.variants) {
    const server = await startServer(variant, site);
    stops.push(() => server.stop());
    servers.push(server);
  }
  await runRound(0, site, plan.phases, servers, {});
  console.log(`${elapsed()} s  warm`);
  const samples: Sample[] = [];
  const rates: Rates = {};
  for (let round = 0; round < rounds; round += 1) {
    samples.push(...(await measureStarts(round, site, plan.variants, plan.idle)));
    samples.push(...(await runRound(round, site, plan.phases, servers, rates)));
    console.log(`${elapsed()} s  round ${round + 1} of ${rounds} done`);
  }
  for (const server of servers) await server.assertFeatures();
  const run: Run = {
    ...described,
    seconds: elapsed(),
    placement: site.cores.description,
    rounds,
    users: plan.users,
  };
  const text = `${summary(run)}\n\n${report(new Results(samples), plan.phases, rates)}`;
  console.log(`\n${text}\n`);
  if (values.quick) console.log('So short a run only shows that it works: its figures mean nothing.');
  const folder = new URL(isWhole ? 'docs/' : 'test-results/', ROOT);
  mkdirSync(folder, { recursive: true });
  const json = new URL(isWhole ? 'performance.json' : 'bench.json', folder);
  writeFileSync(json, `${JSON.stringify({ run, rates, units: FIGURES, samples }, null, 1)}\n`);
  if (isWhole) writeDocument(text);
}

try {
  await Promise.race([measure(), interrupted]);
} finally {
  await stopAll(stops);
}
process.exit();
