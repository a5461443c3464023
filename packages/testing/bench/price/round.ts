import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answers, fullLoad, ratedLoad } from './load.ts';
import { type Choice, type Phase, RATED_SHARE, username } from './plan.ts';
import { cpuTime, forgetPeak, peakMiB } from './readings.ts';
import type { Sample } from './results.ts';
import { forgetCreated } from './schemas.ts';
import { type Server, startServer } from './server.ts';
import { type Site, stopAll } from './site.ts';
import type { Variant } from './variants.ts';

/** What the close of connections may still need after the last answer. */
const SETTLE_MS = 50;
const LATE_MS = 20_000;

/** Requests a second at which p99 is compared, by phase; set by the floor's first round. */
export type Rates = Partial<Record<Phase['name'], number>>;

/**
 * Starts every variant anew and makes each phase on one after the other, so
 * that what changes on the machine meets all of them.
 *
 * @param round from 0; each begins with another variant
 */
export async function runRound(round: number, site: Site, plan: Choice, rates: Rates): Promise<Sample[]> {
  await forgetCreated(site.mysqlPort, site.schemas.values());
  const { variants } = plan;
  const from = round % variants.length;
  const stops: (() => unknown)[] = [];
  const samples: Sample[] = [];
  const keep = ({ variant }: Server, phase: Sample['phase'], figures: Sample['figures']): void => {
    samples.push({ round, phase, variant: variant.name, figures });
  };
  try {
    const servers: Server[] = [];
    for (const variant of [...variants.slice(from), ...variants.slice(0, from)]) {
      const server = await startServer(variant, site);
      stops.push(() => server.stop());
      servers.push(server);
    }
    await sleep(plan.idle * 1_000);
    for (const server of servers) {
      forgetPeak(server.pid);
      keep(server, 'start', { start: server.startMs, rss: peakMiB(server.pid) });
    }
    await assertSameAnswers(servers);
    for (const phase of plan.phases) {
      const asked = servers.filter(({ variant }) => isAsked(variant, phase));
      if (phase.name === 'cheap') for (const server of asked) server.hashCheaply();
      for (const server of asked) await measure(server, site, phase, () => load(server, phase, phase.warm));
      for (const server of asked) {
        keep(server, phase.name, await measure(server, site, phase, () => load(server, phase, phase.length)));
      }
      if (!phase.rated) continue;
      rates[phase.name] ??= rateOf(samples, phase);
      const rate = rates[phase.name] ?? 1;
      for (const server of asked) {
        const figures = await measure(server, site, phase, () =>
          ratedLoad(server.origin, phase, rate, plan.rated),
        );
        keep(server, `${phase.name}-rated`, figures);
      }
    }
    for (const server of servers) await server.assertFeatures();
    return samples;
  } finally {
    await stopAll(stops);
  }
}

const load = ({ origin }: Server, phase: Phase, length: Phase['length']): Promise<Answers> =>
  fullLoad(origin, phase, length);

/** The second floor is there for its memory, and only reads. */
function isAsked({ name, kind }: Variant, phase: Phase): boolean {
  if (kind === 'notification') return phase.body === 'mail';
  return phase.body !== 'mail' && (name !== 'floor-image' || phase.rated);
}

function rateOf(samples: readonly Sample[], phase: Phase): number {
  const floor = samples.find((sample) => sample.variant === 'floor' && sample.phase === phase.name);
  return Math.max(50, Math.round(((floor?.figures.rps ?? 0) * RATED_SHARE) / 50) * 50);
}

/**
 * Puts load on a server and reads what it cost, the delivery of the mails that
 * it caused included.
 *
 * @throws Error when a request failed: a refusal costs less than an answer
 */
export async function measure(
  { pid, variant }: Server,
  { mails }: Site,
  { body, title }: Phase,
  make: () => Promise<Answers>,
): Promise<Sample['figures']> {
  const mailsPerAnswer = body === 'user' && variant.kind === 'user-management' ? 1 : 0;
  const mailsBefore = mails.count;
  forgetPeak(pid);
  const cpuBefore = cpuTime(pid);
  const { count, failures, seconds, p50, p99 } = await make();
  const late = Date.now() + LATE_MS;
  do {
    await sleep(SETTLE_MS);
    if (Date.now() > late) throw new Error(`${variant.name}: its mails are not sent on`);
  } while (mails.count - mailsBefore < count * mailsPerAnswer);
  if (count === 0 || failures > 0) {
    throw new Error(`${variant.name}, ${title}: ${failures} of ${count + failures} requests failed`);
  }
  const cpu = (cpuTime(pid) - cpuBefore) / count;
  return { rps: count / seconds, p50, p99, cpu, rss: peakMiB(pid) };
}

/** Makes sure that all answer the same rows: otherwise nothing can be compared. */
async function assertSameAnswers(servers: readonly Server[]): Promise<void> {
  const all = servers.filter(({ variant }) => variant.kind !== 'notification');
  for (const path of [`user/${username(1)}`, 'users?limit=100', 'users']) {
    const answers = await Promise.all(
      all.map(async ({ origin }): Promise<unknown> => (await fetch(`${origin}/usermgmt/${path}`)).json()),
    );
    const other = answers.findIndex((answer) => !isDeepStrictEqual(answer, answers[0]));
    if (other !== -1)
      throw new Error(`GET ${path}: ${all[other]?.variant.name ?? ''} answers something else`);
  }
}
