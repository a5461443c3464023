import { counts } from './counts.ts';
import type { Receiver } from './receiver.ts';
import { serviceMap } from './service-map.ts';
import { traceDetail } from './trace-detail.ts';
import { matches, readFilter } from './trace-filter.ts';
import type { TraceStore } from './trace-store.ts';

/** What goes back: a body that is a Buffer as it is, others as JSON. */
export interface Answer {
  status: number;
  body?: unknown;
  type?: string;
  headers?: Record<string, string>;
}

type Handler = (receiver: Receiver, query: URLSearchParams) => Answer;

const ROUTES: Record<string, Record<string, Handler>> = {
  '/health-check': {
    GET: (receiver) => ({ status: 200, body: { status: 'ok', ...counts(receiver) } }),
  },
  '/api/traces': {
    GET: ({ store }, query) => listTraces(store, query),
    DELETE: (receiver) => {
      receiver.clear();
      return { status: 204 };
    },
  },
  '/api/service-map': {
    GET: ({ store }) => ({ status: 200, body: serviceMap(store.traces().map(({ tree }) => tree)) }),
  },
  '/api/invalid': {
    GET: ({ store }) => ({ status: 200, body: { total: store.invalidCount, invalid: store.invalid() } }),
  },
};

/** Answers a request of the API. */
export function handleApi(receiver: Receiver, method: string, path: string, query: URLSearchParams): Answer {
  const id = /^\/api\/traces\/([^/]+)$/.exec(path)?.[1];
  const handlers = id === undefined ? ROUTES[path] : { GET: () => oneTrace(receiver.store, id) };
  if (!handlers) return { status: 404, body: { error: `there is no ${path}` } };
  const handler = handlers[method === 'HEAD' ? 'GET' : method];
  if (handler) return handler(receiver, query);
  return {
    status: 405,
    body: { error: `${path} does not take ${method}` },
    headers: { allow: Object.keys(handlers).join(', ') },
  };
}

function listTraces(store: TraceStore, query: URLSearchParams): Answer {
  const result = readFilter(query);
  if ('problems' in result) return { status: 400, body: { error: result.problems.join('; ') } };
  const { filter } = result;
  const wanted = store
    .traces()
    .map(({ summary }) => summary)
    .filter((summary) => matches(summary, filter))
    .sort((one, other) => other.startMs - one.startMs);
  return {
    status: 200,
    body: { kept: store.size, matching: wanted.length, traces: wanted.slice(0, filter.limit) },
  };
}

function oneTrace(store: TraceStore, id: string): Answer {
  const trace = store.trace(id);
  if (trace) return { status: 200, body: traceDetail(trace, store) };
  return { status: 404, body: { error: 'there is no such trace (any more)' } };
}
