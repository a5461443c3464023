import { randomBytes } from 'node:crypto';
import type { Segment, Subsegment } from 'aws-xray-sdk-core';
import { reasonOf, stackOf } from '../reason.js';
import { type RequestContext, requestContext } from '../request-context.js';
import { formatTraceHeader, newTraceId, parseTraceHeader } from './trace-header.js';
import { type FinishedWork, type Span, Tracer, type Work } from './tracer.js';
import type { XraySdk } from './xray-sdk.js';

type Entity = Segment | Subsegment;

/** The fields of a segment document that the SDK's types leave out. */
interface Document {
  http?: object;
  aws?: object;
  sql?: object;
  service?: object;
  origin?: string;
  namespace?: string;
  error?: boolean;
  fault?: boolean;
  throttle?: boolean;
  cause?: object;
}

/** What the segment of a request begins with. */
export interface RequestStart {
  root: string;
  parent: string | undefined;
  /** The sampling rule that chose it, if it has a name. */
  rule: string | undefined;
}

const NOT_A_REQUEST: RequestContext = { root: '', requestId: '', entity: undefined };

/**
 * Traces with the SDK's segments, by hand: the context is kept in an
 * AsyncLocalStorage of our own, and nothing is made unless it is sampled.
 */
export class XrayTracer extends Tracer {
  readonly enabled = true;

  constructor(
    private readonly sdk: XraySdk,
    private readonly name: string,
    /** What every segment of this process says: origin, aws, service. */
    private readonly process: Readonly<Document>,
    private readonly onMissing: (message: string) => void,
  ) {
    super();
  }

  /** Begins the segment of a sampled request; {@link endRequest} must follow. */
  beginRequest({ root, parent, rule }: RequestStart): Segment {
    const segment = new this.sdk.Segment(this.name, root, parent ?? null);
    Object.assign(segment, this.process);
    if (rule !== undefined) segment.setMatchedSamplingRule(rule);
    return segment;
  }

  endRequest(segment: Segment, http: object, status: number, error: unknown): void {
    mark(segment, status);
    (segment as Document).http = http;
    if (status >= 500 && error !== undefined) addCause(segment, error);
    segment.close();
  }

  async capture<T>(work: Work, run: (span: Span | undefined) => Promise<T>): Promise<T> {
    const context = requestContext.getStore();
    if (context === undefined) this.onMissing(work.name);
    if (context?.entity === undefined) return run(undefined);
    const subsegment = context.entity.addNewSubsegment(work.name);
    return this.runIn(context, describe(subsegment, work), run);
  }

  record(describeWork: () => FinishedWork): void {
    const context = requestContext.getStore();
    if (context === undefined) this.onMissing(describeWork().name);
    // A statement that ends after its request was answered has no place left.
    if (context?.entity === undefined || context.entity.isClosed()) return;
    const { durationMs, error, sql, ...work } = describeWork();
    const subsegment = describe(context.entity.addNewSubsegment(work.name), work);
    subsegment.start_time = Date.now() / 1000 - durationMs / 1000;
    if (sql) (subsegment as Document).sql = sql;
    if (error !== undefined) addCause(subsegment, error);
    subsegment.close();
  }

  header(): string | undefined {
    const context = requestContext.getStore();
    if (context === undefined || context.root === '') return undefined;
    return formatTraceHeader(context.root, context.entity !== undefined, context.entity?.id);
  }

  async resume<T>(header: string | null, work: Work, run: () => Promise<T>): Promise<T> {
    const { root = newTraceId(), parent, sampled } = parseTraceHeader(header);
    if (sampled !== true || parent === undefined) {
      return requestContext.run({ root, requestId: '', entity: undefined }, run);
    }
    const subsegment = new this.sdk.Subsegment(work.name);
    Object.assign(subsegment, {
      trace_id: root,
      parent_id: parent,
      type: 'subsegment',
      notTraced: undefined,
    });
    try {
      return await this.runIn({ root, requestId: '' }, describe(subsegment, work), run);
    } finally {
      this.sdk.send(subsegment);
    }
  }

  background<T>(run: () => T): T {
    return requestContext.run(NOT_A_REQUEST, run);
  }

  private async runIn<T>(
    context: Omit<RequestContext, 'entity'>,
    entity: Subsegment,
    run: (span: Span) => Promise<T>,
  ): Promise<T> {
    try {
      return await requestContext.run({ ...context, entity }, () => run(new XraySpan(context.root, entity)));
    } catch (error) {
      if (!(entity as Document).error) addCause(entity, error);
      throw error;
    } finally {
      entity.close();
    }
  }
}

class XraySpan implements Span {
  constructor(
    private readonly root: string,
    private readonly entity: Subsegment,
  ) {}

  get header(): string {
    return formatTraceHeader(this.root, true, this.entity.id);
  }

  set(block: 'http' | 'aws' | 'sql', data: object): void {
    (this.entity as Document)[block] = data;
  }

  annotate(name: string, value: string | number | boolean): void {
    this.entity.addAnnotation(name, value);
  }

  setStatus(status: number): void {
    mark(this.entity, status);
  }
}

function describe(subsegment: Subsegment, { namespace, annotations = {} }: Work): Subsegment {
  if (namespace !== undefined) (subsegment as Document).namespace = namespace;
  for (const [name, value] of Object.entries(annotations)) subsegment.addAnnotation(name, value);
  return subsegment;
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html#api-segmentdocuments-errors */
function mark(entity: Entity, status: number): void {
  if (status >= 500) entity.addFaultFlag();
  else if (status >= 400) entity.addErrorFlag();
  if (status === 429) entity.addThrottleFlag();
}

/** Says why it failed, without a value of the request: the SDK would take the whole message. */
function addCause(entity: Entity, error: unknown): void {
  entity.addFaultFlag();
  const stack = stackOf(error)
    .slice(0, 10)
    .map((line) => {
      const [, label = '', path = line, position = '0'] =
        /^at (?:(.*) \()?(.*?):(\d+):\d+\)?$/.exec(line) ?? [];
      return { label, path, line: Number(position) };
    });
  (entity as Document).cause = {
    working_directory: globalThis.process.cwd(),
    exceptions: [
      {
        id: randomBytes(8).toString('hex'),
        type: error instanceof Error ? error.name : typeof error,
        message: reasonOf(error),
        stack,
      },
    ],
  };
}
