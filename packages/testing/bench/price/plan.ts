import type { Variant } from './variants.ts';

/** How long requests are made, or how many: with an amount, none is under way at the end. */
export type Length = { seconds: number } | { amount: number };

/** Requests of one kind, made by connections that each ask again as soon as they have their answer. */
export interface Phase {
  name: 'one' | 'page' | 'list' | 'create' | 'cheap' | 'send';
  title: string;
  /** Asked for in turn. */
  paths: readonly string[];
  /** What is posted, a new one each time; left out: the paths are read. */
  body?: 'user' | 'mail';
  connections: number;
  /** Seconds for which it is also made at a fixed rate. */
  rated: number;
  length: Length;
}

/** How long and how hard everything is measured: for each variant, in each round. */
export interface Plan {
  /** Besides a first one that is not counted: it lets V8 compile what is used. */
  rounds: number;
  /** Users in the table. */
  users: number;
  /** Seconds after its start at which a server's idle memory is read. */
  idle: number;
  phases: readonly Phase[];
}

/** A plan with what is measured: all variants, or those that are named, with the floor. */
export interface Choice extends Plan {
  variants: readonly Variant[];
}

/** Leaves out what is not named in a list with commas. */
export function chosen(
  plan: Plan,
  variants: readonly Variant[],
  names: { phases?: string | undefined; variants?: string | undefined },
): Choice {
  const only = <T extends { name: string }>(all: readonly T[], list: string | undefined): readonly T[] =>
    list === undefined ? all : all.filter(({ name }) => list.split(',').includes(name));
  return { ...plan, phases: only(plan.phases, names.phases), variants: only(variants, names.variants) };
}

/** The name of the n-th user, from 0. */
export const username = (n: number): string => `user${String(n).padStart(8, '0')}`;

const ONE = { name: 'one', title: 'GET one user' } as const;
const PAGE = {
  name: 'page',
  title: 'GET a page of 100 users',
  paths: ['/usermgmt/users?limit=100'],
} as const;
const LIST = { name: 'list', title: 'GET all users, streamed', paths: ['/usermgmt/users'] } as const;
const CREATE = { name: 'create', title: 'POST user', paths: ['/usermgmt/user'], body: 'user' } as const;
const CHEAP = { ...CREATE, name: 'cheap', title: 'POST user, the hash set to its cheapest' } as const;
const SEND = {
  name: 'send',
  title: 'POST send, into the local mailbox',
  paths: ['/notification/send'],
  body: 'mail',
} as const;
const ONE_PATHS = Array.from({ length: 100 }, (_, n) => `/usermgmt/user/${username(n)}`);

/** Requests that keep a core busy, and twice as many as hashes that run at once. */
const [BUSY, HASHING] = [32, 4];

/** The whole measurement: under 10 minutes on 2 cores. */
export const FULL: Plan = {
  rounds: 5,
  users: 10_000,
  idle: 1,
  phases: [
    {
      ...ONE,
      paths: ONE_PATHS,
      connections: BUSY,
      rated: 1.25,
      length: { seconds: 1.25 },
    },
    { ...PAGE, connections: BUSY, rated: 1.25, length: { seconds: 1.25 } },
    { ...LIST, connections: 1, rated: 0, length: { amount: 8 } },
    { ...CREATE, connections: HASHING, rated: 0, length: { amount: 60 } },
    { ...CHEAP, connections: HASHING, rated: 0, length: { amount: 400 } },
    { ...SEND, connections: 8, rated: 0, length: { amount: 1_000 } },
  ],
};

/** Only shows that everything works: well under a minute. */
export const QUICK: Plan = {
  rounds: 1,
  users: 1_200,
  idle: 0,
  phases: FULL.phases.map((phase) => ({
    ...phase,
    rated: phase.rated && 0.2,
    length: { amount: phase.name === 'list' ? 1 : 8 },
    connections: Math.min(phase.connections, 4),
  })),
};

/** The part of the floor's requests a second at which p99 is compared: all variants must hold it. */
export const RATED_SHARE = 0.15;
