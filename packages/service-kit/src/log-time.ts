let lastMs = 0;
let lastTime = '';

/** The present time as a field of a log line, `,"time":"…"`; its text is made once a millisecond. */
export function timestamp(): string {
  const now = Date.now();
  if (now !== lastMs) {
    lastMs = now;
    lastTime = `,"time":"${new Date(now).toISOString()}"`;
  }
  return lastTime;
}
