import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An audit line, read back. */
export type AuditLine = Record<string, unknown>;

/** A file for audit lines, and the variables that name it. */
export interface AuditFile {
  environment: Readonly<Record<string, string>>;
  /** The lines that were added since it was last called. */
  news(): AuditLine[];
  text(): string;
  drop(): void;
}

/** Makes a file in a folder of its own. */
export function auditFile(): AuditFile {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-test-'));
  const path = join(folder, 'audit.log');
  let read = 0;
  const text = (): string => readFileSync(path, 'utf8');
  return {
    environment: { AUDIT_FILE: path, AUDIT_KEY: 'the-key-of-the-tests' },
    text,
    news() {
      const lines = text().split('\n').slice(0, -1);
      return lines.slice(read, (read = lines.length)).map((line) => JSON.parse(line) as AuditLine);
    },
    drop() {
      rmSync(folder, { recursive: true });
    },
  };
}
