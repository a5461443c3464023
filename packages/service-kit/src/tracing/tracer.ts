/** What is known of a piece of work when it begins. */
export interface Work {
  /** As the service map shows it. At most 200 characters; no value of a request. */
  name: string;
  /** `aws` for a call to AWS, `remote` for a call to another service; not set for work of our own. */
  namespace?: 'aws' | 'remote';
  annotations?: Readonly<Record<string, string | number | boolean>>;
}

/** A piece of work that is being traced. */
export interface Span {
  /** The header that makes the called service a part of this trace. */
  readonly header: string;
  /** Adds a block of the segment document, such as `http`, `aws` or `sql`. */
  set(block: 'http' | 'aws' | 'sql', data: object): void;
  annotate(name: string, value: string | number | boolean): void;
  /** Marks how a call ended: 4xx is an error, 429 also a throttle, 5xx a fault. */
  setStatus(status: number): void;
}

/** Something that has ended already, and how long it took. */
export interface FinishedWork extends Work {
  durationMs: number;
  error?: unknown;
  sql?: object;
}

/**
 * Tells what a request does, as a trace. Everything may be called at any time:
 * without a trace that is sampled, it does nothing but the work itself.
 *
 * The abstract class is the injection token.
 */
export abstract class Tracer {
  /** Whether any trace can be sampled at all. */
  abstract readonly enabled: boolean;

  /** Does a piece of the present request's work as a subsegment of it. `span` is undefined when nothing is traced. */
  abstract capture<T>(work: Work, run: (span: Span | undefined) => Promise<T>): Promise<T>;

  /** Notes a piece of work that has just ended; `describe` is called only if it is traced. */
  abstract record(describe: () => FinishedWork): void;

  /** The header that makes another service, or later work, a part of the present trace. */
  abstract header(): string | undefined;

  /**
   * Goes on with a trace of which only the header is left, perhaps in another
   * process: the work becomes a subsegment of the one that the header names.
   */
  abstract resume<T>(header: string | null, work: Work, run: () => Promise<T>): Promise<T>;

  /** Runs work of the process itself, which belongs to no request and is not traced. */
  abstract background<T>(run: () => T): T;
}

/** Traces nothing, at no cost. */
export class NoTracer extends Tracer {
  readonly enabled: boolean = false;

  capture<T>(_work: Work, run: (span: undefined) => Promise<T>): Promise<T> {
    return run(undefined);
  }

  record(): void {
    // There is nobody to tell.
  }

  header(): undefined {
    return undefined;
  }

  resume<T>(_header: string | null, _work: Work, run: () => Promise<T>): Promise<T> {
    return run();
  }

  background<T>(run: () => T): T {
    return run();
  }
}
