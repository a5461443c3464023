import { jest } from '@jest/globals';

let restore = (): void => undefined;

/**
 * Stops the timers of the service and its libraries: `setTimeout`, `setInterval` and `AbortSignal.timeout`. They end only
 * when {@link passTime} says that time has passed, however long the machine takes. Node's own timers go on, such as those
 * of sockets. Call {@link startTime} after the test.
 */
export function stopTime(): void {
  jest.useFakeTimers({
    doNotFake: [
      ...(['Date', 'hrtime', 'performance'] as const),
      ...(['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
    ],
  });
  const timeout = jest.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    }, milliseconds);
    return controller.signal;
  });
  restore = () => {
    timeout.mockRestore();
  };
}

/** Lets time pass for the timers that {@link stopTime} has stopped. */
export async function passTime(milliseconds: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(milliseconds);
}

/** Ends {@link stopTime}; does nothing when time was not stopped. */
export function startTime(): void {
  restore();
  restore = () => undefined;
  jest.useRealTimers();
}

/** Above the pauses of a poll, in ms. */
const SHORTEST_DEADLINE_MS = 500;
const STRETCH = 20;

/**
 * Gives the deadlines of the service and its libraries 20 times as long, so that a busy machine does not miss them. For
 * specs that are about something else; call it at the top of the file.
 */
export function stretchDeadlines(): void {
  const real = globalThis.setTimeout;
  const stretched = (callback: () => void, milliseconds = 0, ...parameters: []): NodeJS.Timeout =>
    real(
      callback,
      milliseconds < SHORTEST_DEADLINE_MS ? milliseconds : milliseconds * STRETCH,
      ...parameters,
    );
  globalThis.setTimeout = Object.assign(stretched, { __promisify__: real.__promisify__ });
}
