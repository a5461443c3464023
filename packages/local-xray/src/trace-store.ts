import type { InvalidDatagram, ValidDatagram } from './datagram.ts';
import { Trace } from './trace.ts';

/** What came and would not be taken by X-Ray. */
export interface InvalidDocument extends InvalidDatagram {
  /** ISO 8601. */
  receivedAt: string;
}

/** How much is kept. What is over it goes, the oldest first. */
export interface Limits {
  traces: number;
  invalid: number;
  /** Of JSON text; the objects made from it take about three times as much. */
  bytes: number;
}

const DEFAULTS: Limits = { traces: 1000, invalid: 100, bytes: 64 * 1024 * 1024 };

/** The newest traces, in memory only. A trace is as old as its first document here. */
export class TraceStore {
  /** How many invalid documents came since the start or the last `clear`; only the newest are kept. */
  invalidCount = 0;
  private readonly limits: Limits;
  private readonly byId = new Map<string, Trace>();
  private invalidDocuments: InvalidDocument[] = [];
  private bytes = 0;
  private readonly listeners = new Set<() => void>();

  constructor(limits: Partial<Limits> = {}) {
    this.limits = { ...DEFAULTS, ...limits };
  }

  get size(): number {
    return this.byId.size;
  }

  add(datagram: ValidDatagram | InvalidDatagram): void {
    if (datagram.valid) this.addValid(datagram);
    else this.addInvalid(datagram);
    this.changed();
  }

  /** All traces, the newest first. */
  traces(): Trace[] {
    return [...this.byId.values()].reverse();
  }

  trace(id: string): Trace | undefined {
    return this.byId.get(id);
  }

  /** The newest invalid documents, the newest first; those that name the trace when one is given. */
  invalid(traceId?: string): InvalidDocument[] {
    const newest = [...this.invalidDocuments].reverse();
    return traceId === undefined ? newest : newest.filter((document) => document.traceId === traceId);
  }

  clear(): void {
    this.byId.clear();
    this.invalidDocuments = [];
    this.invalidCount = 0;
    this.bytes = 0;
    this.changed();
  }

  /** Calls back after each change. @returns what ends it */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private addValid(datagram: ValidDatagram): void {
    const { trace_id: id } = datagram.document;
    let trace = this.byId.get(id);
    if (!trace) {
      trace = new Trace(id);
      this.byId.set(id, trace);
    }
    this.bytes += trace.add(datagram);
    for (const [oldest, { bytes }] of this.byId) {
      if (this.byId.size <= this.limits.traces && this.bytes <= this.limits.bytes) break;
      this.byId.delete(oldest);
      this.bytes -= bytes;
    }
  }

  private addInvalid(datagram: InvalidDatagram): void {
    this.invalidCount++;
    this.invalidDocuments.push({ ...datagram, receivedAt: new Date().toISOString() });
    if (this.invalidDocuments.length > this.limits.invalid) this.invalidDocuments.shift();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
