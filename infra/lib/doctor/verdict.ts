/** The result of a check. */
export interface Verdict {
  is: 'ok' | 'to do' | 'not checked';
  text: string;
}

/** A question to the account, which changes nothing there. */
export interface Check {
  title: string;
  /** @throws {Error} if there is no answer, or an answer that is not understood */
  run: () => Promise<Verdict | Verdict[]>;
}

export const ok = (text: string): Verdict => ({ is: 'ok', text });
/** @param text in the imperative, with the command or the page of the console */
export const toDo = (text: string): Verdict => ({ is: 'to do', text });
export const notChecked = (text: string): Verdict => ({ is: 'not checked', text });

/** Runs a check. Without an answer the verdict is `not checked`, with the reason: never `ok`. */
export async function verdictsOf({ run }: Pick<Check, 'run'>): Promise<Verdict[]> {
  try {
    return [await run()].flat();
  } catch (error) {
    return [notChecked(error instanceof Error ? error.message : String(error))];
  }
}
