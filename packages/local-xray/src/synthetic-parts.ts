import { randomBytes } from 'node:crypto';
import type { SegmentDocument, Subsegment } from './segment-schema.ts';

/** A new id of a segment or subsegment. */
export function newId(): string {
  return randomBytes(8).toString('hex');
}

/** A new id of a trace that starts then. @param at in seconds since 1970 */
export function newTraceId(at: number): string {
  return `1-${Math.floor(at).toString(16).padStart(8, '0')}-${randomBytes(12).toString('hex')}`;
}

/** In seconds since 1970. */
export type Times = [start: number, end: number];

/** What all segments have. */
export function base(name: string, traceId: string, [start_time, end_time]: Times): SegmentDocument {
  return {
    name,
    id: newId(),
    trace_id: traceId,
    start_time,
    end_time,
    origin: 'AWS::EKS::Container',
    service: { version: '1.0.0' },
    aws: {
      eks: {
        cluster_name: 'eksdemo1',
        pod: `${name}-6d5f9c7b4-x2x7k`,
        container_id: randomBytes(6).toString('hex'),
      },
      xray: { sdk: 'X-Ray for Node.js', sdk_version: '3.12.0' },
    },
  };
}

/** The http field of a request that was served. */
export function served(method: string, url: string, status: number): SegmentDocument['http'] {
  return {
    request: { method, url, user_agent: 'curl/8.14.1', client_ip: '127.0.0.1' },
    response: { status, content_length: 248 },
  };
}

/** A statement to MySQL. */
export function statement(sanitized_query: string, [start_time, end_time]: Times): Subsegment {
  return {
    id: newId(),
    name: 'usermgmt@mysql',
    namespace: 'remote',
    start_time,
    end_time,
    sql: {
      url: 'mysql://mysql:3306/usermgmt',
      database_type: 'MySQL',
      database_version: '8.4.7',
      driver_version: 'mysql2',
      preparation: 'statement',
      sanitized_query,
    },
  };
}

/** A mail to Amazon SES. */
export function email(isThrottled: boolean, [start_time, end_time]: Times): Subsegment {
  return {
    id: newId(),
    name: 'SES',
    namespace: 'aws',
    start_time,
    end_time,
    aws: { operation: 'SendEmail', region: 'us-east-1', request_id: newId(), retries: 0 },
    http: { response: { status: isThrottled ? 429 : 200, content_length: 326 } },
    ...(isThrottled && {
      error: true,
      throttle: true,
      cause: {
        working_directory: '/app',
        exceptions: [
          {
            id: newId(),
            type: 'Throttling',
            message: 'Maximum sending rate exceeded.',
            remote: true,
            stack: [{ path: 'dist/mail/ses.mail-sender.js', line: 41, label: 'SesMailSender.send' }],
          },
        ],
      },
    }),
  };
}
