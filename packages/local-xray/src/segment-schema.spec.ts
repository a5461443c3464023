import { describe, expect, it } from '@jest/globals';
import { id, segment, subsegment, TRACE } from '../test/documents.ts';
import { validateSegment } from './segment-schema.ts';
import { everydayTraffic } from './synthetic.ts';

const reasons = (value: unknown): string[] => {
  const result = validateSegment(value);
  return result.valid ? [] : result.reasons;
};
const warnings = (value: unknown): string[] => {
  const result = validateSegment(value);
  return result.valid ? result.warnings : [`refused: ${result.reasons.join()}`];
};
const independent = (change: Record<string, unknown> = {}): unknown =>
  subsegment({ type: 'subsegment', trace_id: TRACE, parent_id: id(), ...change });

describe('what X-Ray takes', () => {
  it.each<[string, unknown]>([
    ['the smallest segment', segment()],
    ['one in progress', segment({ end_time: undefined, in_progress: true })],
    ['in_progress: false with an end', segment({ in_progress: false })],
    ['a segment with a parent', segment({ parent_id: id() })],
    ['an independent subsegment', independent()],
    ['one in progress', independent({ end_time: undefined, in_progress: true })],
    [
      'letters of any script, digits, spaces and symbols in a name',
      segment({ name: 'Größe 名前 1_.:/%&#=+\\-@' }),
    ],
    ['a name of 200 letters', segment({ name: 'x'.repeat(200) })],
    ['a cause by id', segment({ fault: true, cause: 'a1b2c3d4e5f60718' })],
    [
      'a cause with exceptions',
      segment({
        fault: true,
        cause: {
          working_directory: '/app',
          paths: ['/app/lib'],
          exceptions: [
            {
              id: id(),
              message: 'm',
              type: 'Error',
              remote: false,
              truncated: 0,
              skipped: 1,
              cause: id(),
              stack: [{ path: 'a.js', line: 3, label: 'f' }],
            },
          ],
        },
      }),
    ],
    ['annotations', segment({ annotations: { appversion: 'V1', route_1: 2, isCanary: true } })],
    ['metadata of any kind in namespaces', segment({ metadata: { default: { a: [1, { b: null }] } } })],
    [
      'http of a served request',
      segment({
        http: {
          request: {
            method: 'GET',
            url: 'http://localhost/',
            user_agent: 'curl',
            client_ip: '::1',
            x_forwarded_for: true,
          },
          response: { status: 200, content_length: -1 },
        },
      }),
    ],
    [
      'where it runs',
      segment({
        origin: 'AWS::EKS::Container',
        service: { version: '1.0.0', runtime: 'node' },
        user: 'u',
        aws: {
          account_id: '1',
          eks: { cluster_name: 'c', pod: 'p', container_id: 'i' },
          ec2: { instance_id: 'i-1', availability_zone: 'us-east-1a' },
          ecs: { container: 'c' },
          elastic_beanstalk: { environment_name: 'e', version_label: 'v', deployment_id: 3 },
          cloudwatch_logs: [{ log_group: 'g', arn: 'a' }],
          xray: { sdk: 's', sdk_version: 'v', rule_name: 'Default' },
        },
      }),
    ],
    [
      'a statement',
      segment({
        subsegments: [
          subsegment({
            namespace: 'remote',
            sql: {
              url: 'mysql://h:3306/d',
              connection_string: 'c',
              sanitized_query: 'SELECT 1'.repeat(200),
              database_type: 'MySQL',
              database_version: '8.4',
              driver_version: 'mysql2',
              user: 'u',
              preparation: 'statement',
            },
          }),
        ],
      }),
    ],
    [
      'a call of AWS, nested, after another',
      segment({
        subsegments: [
          subsegment({
            subsegments: [
              subsegment({
                namespace: 'aws',
                precursor_ids: [id()],
                aws: {
                  operation: 'SendEmail',
                  region: 'us-east-1',
                  request_id: 'r',
                  account_id: '1',
                  queue_url: 'q',
                  table_name: 't',
                  retries: 2,
                },
              }),
            ],
          }),
        ],
      }),
    ],
  ])('%s', (_what, document) => {
    expect(reasons(document)).toEqual([]);
    expect(warnings(document)).toEqual([]);
  });

  it('all made-up traffic', () => {
    for (const document of everydayTraffic(1_764_000_000)) expect(warnings(document)).toEqual([]);
  });
});

describe('what X-Ray refuses', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'document: '],
    ['null', null, 'document: '],
    ['a list', [segment()], 'document: '],
    ['a text', 'segment', 'document: '],
    ['no name', segment({ name: undefined }), 'name: '],
    ['an empty name', segment({ name: '' }), 'name: must be 1 to 200 letters'],
    ['a name of 201 letters', segment({ name: 'x'.repeat(201) }), 'name: '],
    ['a name with markup', segment({ name: '<b>' }), 'name: '],
    ['a name with a line break', segment({ name: 'a\nb' }), 'name: '],
    ['no id', segment({ id: undefined }), 'id: '],
    ['an id of 15 digits', segment({ id: 'a'.repeat(15) }), 'id: must be 16 hexadecimal digits'],
    ['an id in upper case', segment({ id: 'A'.repeat(16) }), 'id: '],
    ['an id that is a number', segment({ id: 1 }), 'id: '],
    ['no trace_id', segment({ trace_id: undefined }), 'trace_id: '],
    ['a trace id of W3C', segment({ trace_id: '581cf771a006649127e371903a2de979' }), 'trace_id: '],
    ['a trace id with Root=', segment({ trace_id: `Root=${TRACE}` }), 'trace_id: '],
    ['no start', segment({ start_time: undefined }), 'start_time: '],
    ['a start as text', segment({ start_time: '2026-01-01T00:00:00Z' }), 'start_time: '],
    ['an end as text', segment({ end_time: '1000.1' }), 'end_time: '],
    [
      'neither end nor progress',
      segment({ end_time: undefined }),
      'document: needs end_time, or in_progress: true',
    ],
    [
      'in_progress: false without an end',
      segment({ end_time: undefined, in_progress: false }),
      'document: needs',
    ],
    ['both end and progress', segment({ in_progress: true }), 'document: has both end_time and in_progress'],
    ['error as a text', segment({ error: 'yes' }), 'error: '],
    ['fault as a number', segment({ fault: 1 }), 'fault: '],
    ['throttle null', segment({ throttle: null }), 'throttle: '],
    [
      'a cause that is a number',
      segment({ cause: 3 }),
      'cause: must be the id of an exception, or an object',
    ],
    [
      'an exception without an id',
      segment({ cause: { exceptions: [{ message: 'm' }] } }),
      'cause.exceptions.0.id: ',
    ],
    [
      'a line that is a text',
      segment({ cause: { exceptions: [{ id: id(), stack: [{ line: '3' }] }] } }),
      'cause.exceptions.0.stack.0.line: ',
    ],
    [
      'a hyphen in an annotation',
      segment({ annotations: { 'app-version': 'V1' } }),
      'annotations.app-version: ',
    ],
    ['an object as annotation', segment({ annotations: { a: {} } }), 'annotations.a: '],
    ['null as annotation', segment({ annotations: { a: null } }), 'annotations.a: '],
    ['annotations as a list', segment({ annotations: ['a'] }), 'annotations: '],
    ['metadata without a namespace', segment({ metadata: { key: 'value' } }), 'metadata.key: '],
    ['a status as text', segment({ http: { response: { status: '200' } } }), 'http.response.status: '],
    ['a url of 251 letters', segment({ http: { request: { url: 'x'.repeat(251) } } }), 'http.request.url: '],
    [
      'a user agent of 251 letters',
      segment({ http: { request: { user_agent: 'x'.repeat(251) } } }),
      'http.request.',
    ],
    [
      'x_forwarded_for as an address',
      segment({ http: { request: { x_forwarded_for: '::1' } } }),
      'http.request.',
    ],
    ['http as a text', segment({ http: 'GET /' }), 'http: '],
    ['eks as a text', segment({ aws: { eks: 'pod' } }), 'aws.eks: '],
    [
      'logs that are no list',
      segment({ aws: { cloudwatch_logs: { log_group: 'g' } } }),
      'aws.cloudwatch_logs: ',
    ],
    ['a service as a text', segment({ service: '1.0.0' }), 'service: '],
    ['subsegments that are no list', segment({ subsegments: {} }), 'subsegments: '],
    [
      'another namespace',
      segment({ subsegments: [subsegment({ namespace: 'local' })] }),
      'subsegments.0.namespace: ',
    ],
    [
      'a fault deep inside',
      segment({ subsegments: [subsegment(), subsegment({ subsegments: [subsegment({ id: 'x' })] })] }),
      'subsegments.1.subsegments.0.id: ',
    ],
    [
      'an unfinished subsegment',
      segment({ subsegments: [subsegment({ end_time: undefined })] }),
      'subsegments.0: needs end_time',
    ],
    [
      'another preparation',
      segment({ subsegments: [subsegment({ sql: { preparation: 'x' } })] }),
      'subsegments.0.sql.',
    ],
    [
      'a query as a list',
      segment({ subsegments: [subsegment({ sql: { sanitized_query: [] } })] }),
      'subsegments.0.sql.',
    ],
    ['an independent subsegment without trace_id', independent({ trace_id: undefined }), 'trace_id: '],
    ['an independent subsegment without parent_id', independent({ parent_id: undefined }), 'parent_id: '],
    ['a parent that is none', segment({ parent_id: 'x' }), 'parent_id: '],
  ])('%s', (_what, document, reason) => {
    expect(reasons(document)).toEqual([expect.stringContaining(reason)]);
  });

  it('one id twice in a document', () => {
    const twice = subsegment();
    expect(reasons(segment({ subsegments: [twice, twice] }))).toEqual([
      `subsegments.1.id: ${twice.id} is used twice in this document`,
    ]);
  });

  it('with all reasons at once', () => {
    expect(reasons(segment({ id: 'x', name: '', error: 1 }))).toHaveLength(3);
  });
});

describe('what X-Ray takes but nobody means', () => {
  it('fields that it does not know', () => {
    const document = segment({ titel: 'x', subsegments: [subsegment({ sqll: {} })] });
    expect(warnings(document)).toEqual([
      'titel: a field that X-Ray does not know',
      'subsegments.0.sqll: a field that X-Ray does not know',
    ]);
  });

  it("a subsegment's fields in a segment", () => {
    expect(warnings(segment({ namespace: 'remote', sql: {} }))).toHaveLength(2);
  });

  it('an end before the start', () => {
    expect(warnings(segment({ end_time: 999 }))).toEqual(['end_time: is before start_time']);
  });

  it('milliseconds', () => {
    expect(warnings(segment({ start_time: 1.764e12, end_time: 1.764e12 }))).toEqual([
      'start_time: looks like milliseconds; X-Ray counts seconds',
    ]);
  });
});
