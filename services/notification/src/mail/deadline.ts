/**
 * Runs `work` with a signal that aborts after `milliseconds`, and rejects then
 * even if the work does not heed the signal. Lets go of the work when it ends:
 * AbortSignal.timeout would hold its memory until the time is up.
 *
 * @throws DOMException (TimeoutError) after that time, or what `work` throws
 */
export async function withDeadline<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const reason = new DOMException(`not done within ${milliseconds} ms`, 'TimeoutError');
      controller.abort(reason);
      reject(reason);
    }, milliseconds);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
