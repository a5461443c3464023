import { randomBytes } from 'node:crypto';

const ROOT = /(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/i;

/**
 * The id under which a request is found in logs and error bodies: the Root of
 * its `X-Amzn-Trace-Id` header if it has one, otherwise a new id in that form.
 *
 * Form: `1-<8 hex: seconds since 1970>-<24 hex: random>`
 * (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html).
 */
export function traceIdOf(header: string | string[] | undefined): string {
  const root = typeof header === 'string' ? ROOT.exec(header)?.[1] : undefined;
  return root ?? newTraceId();
}

/** A trace id for work that no request caused. */
export function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(8, '0');
  return `1-${seconds}-${randomBytes(12).toString('hex')}`;
}
