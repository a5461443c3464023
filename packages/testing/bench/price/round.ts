import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answers, fullLoad, ratedLoad } from './load.ts';
import { type Phase, RATED_SHARE, username } from './plan.ts';
import { cpuTime, forgetPeak, peakMiB } from './readings.ts';
import type { Sample } from './results.ts';
import { forgetCreated } from './schemas.ts';
import { type Server, startServer } from './server.ts';
import type { Site } from './site.ts';
import type { Variant } from './variants.ts';

/** What the close of connections may still need after the last answer. */
const SETTLE_MS = 50;
const LATE_MS = 20_000;

/** Requests a second at which p99 is compared, by phase; set by the floor in the first round. */
export type Rates = Partial<Record<Phase['name'], number>>;

/**
 * Starts each variant alone and stops it again.
 *
 * @param round from 0; each begins with another variant
 * @param idle seconds after which its memory is read
 */
export async function measureStarts(
  round: number,
  site: Site,
  variants: readonly Variant[],
  idle: number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const variant of rotated(variants, round)) {
    const server = await startServer(variant, site);
    try {
      await sleep(idle * 1_000);
      forgetPeak(server.pid);
      const figures = { start: server.startMs, rss: peakMiB(server.pid) };
      samples.push({ round, phase: 'start', variant: variant.name, figures });
    } finally {
      await server.stop();
    }
  }
  return samples;
}

/**
 * Makes each phase on one server after the other, so that what changes on the
 * machine meets all of them.
 *
 * @param round from 0; each begins with another variant
 */
export async function runRound(
  round: number,
  site: Site,
  phases: readonly Phase[],
  servers: readonly Server[],
  rates: Rates,
): Promise<Sample[]> {
  await forgetCreated(site.mysqlPort, site.schemas.values());
  await assertSameAnswers(servers);
  const samples: Sample[] = [];
  for (const phase of phases) {
    const asked = rotated(servers, round).filter(({ variant }) => isAsked(variant, phase));
    const each = async (name: Sample['phase'], make: (server: Server) => Promise<Answers>): Promise<void> => {
      for (const server of asked) {
        const figures = await measure(server, site, phase, () => make(server));
        samples.push({ round, phase: name, variant: server.variant.name, figures });
      }
    };
    if (phase.name === 'cheap') for (const server of asked) server.switchHash();
    await each(phase.name, (server) => fullLoad(server, phase, phase.length));
    if (phase.name === 'cheap') for (const server of asked) server.switchHash();
    if (phase.rated === 0) continue;
    const rate = (rates[phase.name] ??= rateOf(samples, phase));
    await each(`${phase.name}-rated`, (server) => ratedLoad(server, phase, rate, phase.rated));
  }
  return samples;
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const from = by % list.length;
  return [...list.slice(from), ...list.slice(0, from)];
}

/** The second floor is there for its memory, and only reads. */
function isAsked({ name, kind }: Variant, phase: Phase): boolean {
  if (kind === 'notification') return phase.body === 'mail';
  return phase.body !== 'mail' && (name !== 'floor-image' || phase.rated > 0);
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
      all.map(async ({ origin, headers }): Promise<unknown> => {
        return (await fetch(`${origin}/usermgmt/${path}`, { headers })).json();
      }),
    );
    const other = answers.findIndex((answer) => !isDeepStrictEqual(answer, answers[0]));
    if (other !== -1)
      throw new Error(`GET ${path}: ${all[other]?.variant.name ?? ''} answers something else`);
  }
}
