import * as z from 'zod';
import { ruleBreaks, ruleWarnings } from './segment-rules.ts';

/*
 * X-Ray's segment documents, from two sources of AWS's:
 * - the text, https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 * - the JSON schema that it links, xray-segmentdocument-schema-v1.0.0
 * Where they differ the stricter one holds, so that what passes here passes there. Identifiers are lower case, as
 * all of AWS's SDKs write them. Names of subsegments obey the rule for segments: X-Ray makes segments from them.
 * Objects are open, as in AWS's schema: X-Ray takes a document with fields that it does not know.
 */

const ID = z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hexadecimal digits in lower case');
const TRACE_ID = z
  .string()
  .regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/, 'must be 1-, 8 hexadecimal digits, - and 24 hexadecimal digits');
const NAME = z
  .string()
  .regex(
    /^[\p{L}\p{Z}\p{N}_.:/%&#=+\\\-@]{1,200}$/u,
    'must be 1 to 200 letters, digits, spaces or any of _ . : / % & # = + \\ - @',
  );
const TEXT = z.string().optional();
const SHORT = z.string().max(250).optional();
const FLAG = z.boolean().optional();
const COUNT = z.int().optional();

const STACK_FRAME = z.looseObject({ path: TEXT, line: COUNT, label: TEXT });

const EXCEPTION = z.looseObject({
  id: ID,
  message: TEXT,
  type: TEXT,
  remote: FLAG,
  truncated: COUNT,
  skipped: COUNT,
  cause: TEXT,
  stack: z.array(STACK_FRAME).optional(),
});

const CAUSE = z.union(
  [
    ID,
    z.looseObject({
      working_directory: TEXT,
      paths: z.array(z.string()).optional(),
      exceptions: z.array(EXCEPTION).optional(),
    }),
  ],
  'must be the id of an exception, or an object',
);

const ANNOTATIONS = z.record(
  z.string().regex(/^[a-zA-Z0-9_]{1,500}$/, 'must be letters, digits and underscores'),
  z.union([z.string().max(1000), z.number(), z.boolean()], 'must be a text, a number or a boolean'),
);

const HTTP = z.looseObject({
  request: z
    .looseObject({
      method: SHORT,
      url: SHORT,
      user_agent: SHORT,
      client_ip: SHORT,
      x_forwarded_for: FLAG,
      traced: FLAG,
    })
    .optional(),
  response: z.looseObject({ status: z.int().optional(), content_length: z.number().optional() }).optional(),
});

/** Where a service runs. `eks` and `cloudwatch_logs` are as AWS's SDKs send them. */
const RESOURCE = z.looseObject({
  account_id: TEXT,
  ec2: z.looseObject({ instance_id: TEXT, availability_zone: TEXT }).optional(),
  ecs: z.looseObject({ container: TEXT }).optional(),
  eks: z.looseObject({ cluster_name: TEXT, pod: TEXT, container_id: TEXT }).optional(),
  elastic_beanstalk: z
    .looseObject({ environment_name: TEXT, version_label: TEXT, deployment_id: z.number().optional() })
    .optional(),
  cloudwatch_logs: z.array(z.looseObject({ log_group: TEXT, arn: TEXT })).optional(),
  xray: z.looseObject({ sdk: TEXT, sdk_version: TEXT }).optional(),
});

/** Which action of AWS's was called. */
const CALLED_RESOURCE = z.looseObject({
  operation: TEXT,
  account_id: TEXT,
  region: TEXT,
  request_id: TEXT,
  queue_url: TEXT,
  table_name: TEXT,
});

const SQL = z.looseObject({
  connection_string: TEXT,
  url: TEXT,
  sanitized_query: TEXT,
  database_type: TEXT,
  database_version: TEXT,
  driver_version: TEXT,
  user: SHORT,
  preparation: z.enum(['call', 'statement']).optional(),
});

const ENTITY = {
  id: ID,
  name: NAME,
  start_time: z.number(),
  end_time: z.number().optional(),
  in_progress: FLAG,
  error: FLAG,
  fault: FLAG,
  throttle: FLAG,
  cause: CAUSE.optional(),
  http: HTTP.optional(),
  annotations: ANNOTATIONS.optional(),
  metadata: z.record(z.string(), z.looseObject({})).optional(),
};

const CALL = {
  ...ENTITY,
  trace_id: TRACE_ID.optional(),
  parent_id: ID.optional(),
  type: z.literal('subsegment').optional(),
  namespace: z.enum(['aws', 'remote']).optional(),
  traced: FLAG,
  aws: CALLED_RESOURCE.optional(),
  sql: SQL.optional(),
  precursor_ids: z.array(ID).optional(),
};

/** A part of a segment: a call to another service, a statement, a block of code. Times are seconds since 1970. */
export interface Subsegment extends z.infer<z.ZodObject<typeof CALL, z.core.$loose>> {
  subsegments?: Subsegment[] | undefined;
}

const SUBSEGMENT: z.ZodType<Subsegment> = z.looseObject({
  ...CALL,
  get subsegments() {
    return z.array(SUBSEGMENT).optional();
  },
});

const SUBSEGMENTS = z.array(SUBSEGMENT).optional();

const SEGMENT = z.looseObject({
  ...ENTITY,
  trace_id: TRACE_ID,
  parent_id: ID.optional(),
  service: z.looseObject({ version: TEXT }).optional(),
  user: SHORT,
  origin: TEXT,
  resource_arn: TEXT,
  aws: RESOURCE.optional(),
  subsegments: SUBSEGMENTS,
});

/** A subsegment that is sent on its own says to what it belongs. */
const INDEPENDENT = z.looseObject({
  ...CALL,
  trace_id: TRACE_ID,
  parent_id: ID,
  type: z.literal('subsegment'),
  subsegments: SUBSEGMENTS,
});

/** What one request did in one service. Times are seconds since 1970. */
export type Segment = z.infer<typeof SEGMENT>;
/** What X-Ray takes as one document. */
export type SegmentDocument = Segment | z.infer<typeof INDEPENDENT>;

/** A document and what X-Ray would take but probably nobody meant, or why X-Ray would refuse it. */
export type Validation =
  { valid: true; document: SegmentDocument; warnings: string[] } | { valid: false; reasons: string[] };

const FIELDS = new Set(Object.keys(SEGMENT.shape));
const CALL_FIELDS = new Set(Object.keys(INDEPENDENT.shape));

/**
 * Checks a parsed segment document against X-Ray's schema and against the rules of the text that a schema cannot say.
 * The size is checked where the bytes are, in datagram.ts.
 */
export function validateSegment(value: unknown): Validation {
  const independent =
    typeof value === 'object' && value !== null && 'type' in value && value.type === 'subsegment';
  const result = (independent ? INDEPENDENT : SEGMENT).safeParse(value);
  if (!result.success) return { valid: false, reasons: result.error.issues.map(reason) };
  const document: SegmentDocument = result.data;
  const reasons = ruleBreaks(document);
  if (reasons.length > 0) return { valid: false, reasons };
  const fields = independent ? CALL_FIELDS : FIELDS;
  return { valid: true, document, warnings: ruleWarnings(document, fields, CALL_FIELDS) };
}

type Issue = z.core.$ZodIssue;

function reason(issue: Issue): string {
  const exact = furthest(issue);
  const path = [...issue.path, ...(exact === issue ? [] : exact.path)];
  const messages =
    exact.code === 'invalid_key' ? exact.issues.map(({ message }) => message) : [exact.message];
  return `${path.join('.') || 'document'}: ${messages.join(', ')}`;
}

/** Of a union the alternative that came furthest says best what is wrong. */
function furthest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const deepest = issue.errors.flat().sort((one, other) => other.path.length - one.path.length)[0];
  return deepest && deepest.path.length > 0 ? deepest : issue;
}
