import { jest } from '@jest/globals';

/**
 * Stops the clock that tells the date, for the service and its libraries, until `jest.useRealTimers()`. A test moves it
 * by `jest.setSystemTime()`. Timers go on.
 */
export function stopClock(): void {
  jest.useFakeTimers({
    now: Date.now(),
    doNotFake: [
      ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
      ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
    ],
  });
}
