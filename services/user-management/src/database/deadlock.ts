import { DatabaseUnavailableError, isDeadlock } from './database-errors.js';

const TRIES = 3;

/**
 * Repeats work that MySQL gave up to end a deadlock.
 *
 * @throws DatabaseUnavailableError when that happens again and again
 */
export async function despiteDeadlocks<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isDeadlock(error)) throw error;
      if (attempt === TRIES) throw new DatabaseUnavailableError(error);
    }
  }
}
