/** The parts of a V8 CPU profile that are read here; times are microseconds. */
export interface CpuProfile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
    children?: number[];
  }[];
  samples: number[];
  timeDeltas: number[];
}

/** What a function, or a package, used of the CPU time of a profile; shares from 0 to 1. */
export interface Share {
  name: string;
  /** In itself. */
  self: number;
  /** With what it called. */
  inclusive: number;
}

type Name = (frame: CpuProfile['nodes'][number]['callFrame']) => string;

/** `function (package/file:line)` */
export const byFunction: Name = ({ functionName, url, lineNumber }) =>
  `${functionName || '(anonymous)'} ${url === '' ? '' : `(${shortened(url)}:${lineNumber + 1})`}`.trim();

/** The package, or `node:` for Node's own JavaScript, or what V8 calls its own work. */
export const byPackage: Name = ({ functionName, url }) => {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  if (url.startsWith('node:')) return 'node:';
  const path = shortened(url);
  return /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
};

/**
 * Adds a profile up.
 *
 * @param from microseconds since its beginning; what came earlier (the start of the process) does not count
 * @returns the dearest first, by time in themselves; time without work does not count
 */
export function sharesOf(profile: CpuProfile, name: Name, from: number): Share[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const shares = new Map<string, Share>();
  const shareOf = (id: number): Share => {
    const frame = nodes.get(id)?.callFrame;
    const key = frame ? name(frame) : '';
    const share = shares.get(key) ?? { name: key, self: 0, inclusive: 0 };
    shares.set(key, share);
    return share;
  };
  let now = 0;
  let total = 0;
  profile.samples.forEach((sample, n) => {
    const time = profile.timeDeltas[n] ?? 0;
    now += time;
    if (now < from || nodes.get(sample)?.callFrame.functionName === '(idle)') return;
    total += time;
    shareOf(sample).self += time;
    const seen = new Set<Share>();
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) seen.add(shareOf(id));
    for (const share of seen) share.inclusive += time;
  });
  return [...shares.values()]
    .map((share) => ({ ...share, self: share.self / total, inclusive: share.inclusive / total }))
    .toSorted((a, b) => b.self - a.self);
}

function shortened(url: string): string {
  return url
    .replace(/^file:\/\//, '')
    .replace(/^.*\/node_modules\//, '')
    .replace(/^.*\/((?:services|packages)\/[^/]+)\/dist\//, '$1/');
}
