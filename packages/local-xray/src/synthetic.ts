import type { SegmentDocument, Subsegment } from './segment-schema.ts';
import { base, email, newId, newTraceId, served, statement } from './synthetic-parts.ts';

/** What a made-up request is like. */
export interface Request {
  /** When it starts, in seconds since 1970. */
  at: number;
  /** Stretches all durations. */
  slowness?: number;
  /** Whether Amazon SES refuses the mail for now. */
  isThrottled?: boolean;
  /** Whether the name of the user is taken. */
  isDuplicate?: boolean;
}

/**
 * The documents of a `POST /usermgmt/user`: user-management's segment with its statements and its call of
 * notification, and notification's segment, the child of that call, with its call of Amazon SES.
 */
export function userCreation(request: Request): SegmentDocument[] {
  const { at, slowness = 1, isThrottled = false, isDuplicate = false } = request;
  const time = (ms: number): number => Math.round((at + (ms * slowness) / 1e3) * 1e6) / 1e6;
  const traceId = newTraceId(at);
  const callId = newId();
  const insert = statement('INSERT INTO users (user_id, user_name, email, …) VALUES (?, ?, ?, …)', [
    time(19),
    time(21.4),
  ]);
  if (isDuplicate) insert.error = true;
  const call: Subsegment = {
    id: callId,
    name: 'notification-microservice',
    namespace: 'remote',
    start_time: time(24),
    end_time: time(43),
    http: {
      request: { method: 'POST', url: 'http://notification:8096/notification/send', traced: true },
      response: { status: isThrottled ? 503 : 200, content_length: 61 },
    },
    ...(isThrottled && { fault: true }),
  };
  const segment: SegmentDocument = {
    ...base('usermanagement-microservice', traceId, [time(0), time(isDuplicate ? 23 : 23.6)]),
    http: served('POST', 'http://localhost:8095/usermgmt/user', isDuplicate ? 409 : 201),
    annotations: { appversion: 'V1', route: '/usermgmt/user', track: 'stable' },
    subsegments: [
      { id: newId(), name: 'hash password', start_time: time(1.2), end_time: time(18.3) },
      statement('SELECT user_id FROM users WHERE user_name = ? OR email = ?', [time(0.4), time(1.1)]),
      insert,
      ...(isDuplicate
        ? []
        : [statement('INSERT INTO outbox (id, …) VALUES (?, …)', [time(21.5), time(22.6)])]),
    ],
    ...(isDuplicate && { error: true }),
  };
  if (isDuplicate) return [segment];
  return [
    { ...segment, subsegments: [...(segment.subsegments ?? []), call] },
    {
      ...base('notification-microservice', traceId, [time(25.1), time(42.2)]),
      parent_id: callId,
      http: served('POST', 'http://notification:8096/notification/send', isThrottled ? 503 : 200),
      annotations: { appversion: 'V1', route: '/notification/send', track: 'stable' },
      ...(isThrottled && { fault: true }),
      subsegments: [email(isThrottled, [time(26.4), time(41.6)])],
    },
  ];
}

/** The document of a `GET /usermgmt/users`. */
export function userList({ at, slowness = 1 }: Request): SegmentDocument[] {
  const time = (ms: number): number => Math.round((at + (ms * slowness) / 1e3) * 1e6) / 1e6;
  return [
    {
      ...base('usermanagement-microservice', newTraceId(at), [time(0), time(3.1)]),
      http: served('GET', 'http://localhost:8095/usermgmt/users', 200),
      annotations: { appversion: 'V1', route: '/usermgmt/users', track: 'stable' },
      subsegments: [
        statement('SELECT … FROM users WHERE user_id > ? ORDER BY user_id', [time(0.5), time(2.4)]),
      ],
    },
  ];
}

/** Some minutes of a quiet day before `now` (seconds since 1970), with a few failures: to look at. */
export function everydayTraffic(now: number): SegmentDocument[] {
  return Array.from({ length: 60 }, (_, index) => {
    const at = now - index * 3.7 - 0.4;
    const slowness = 1 + ((index * 7919) % 13) / 9;
    if (index % 3 === 1) return userList({ at, slowness });
    return userCreation({ at, slowness, isThrottled: index % 20 === 3, isDuplicate: index % 20 === 8 });
  }).flat();
}
