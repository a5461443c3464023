/**
 * What may be told of an error: its name and code, and its message only where
 * it is surely our own. Messages of others quote values: a database error the
 * duplicate key, a parser the text, SES the address.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code, driverError } = error as { code?: string | number; driverError?: { code?: string } };
  const known = driverError?.code ?? code;
  if (known !== undefined) return `${error.name} ${known}`;
  return error.constructor === Error ? error.message : error.name;
}

/** Where an error was thrown; without the first lines, which are the message. */
export function stackOf(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('at '));
}
