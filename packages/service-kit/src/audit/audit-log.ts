import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { stdout } from '../logging.js';
import type { AuditConfig } from './audit.variables.js';

/** One line of the audit stream; who, on whom and what, but no value of a request. */
export interface AuditLine {
  /** `user:<pseudonym>`, `client:<pseudonym>`, `everybody` (AUTH_MODE=none), `operator` (a command); missing: no token that counts was seen. */
  who?: string | undefined;
  /** The client's address, as far as it can be believed. */
  from?: string;
  /** Method and route template, or a command's words. */
  what: string;
  /** Known fields of the body. */
  fields?: readonly string[];
  onWhom?: string | undefined;
  outcome: 'done' | 'refused' | 'failed';
  status?: number;
  /** The problem's code. */
  code?: string | undefined;
  traceId?: string;
  requestId?: string;
}

/** Writes audit lines: `{"stream":"audit", …}`, whatever LOG_LEVEL is. */
export class AuditLog {
  private readonly logger: Logger;

  /** @param otherwise where lines go that no file is named for */
  constructor(service: string, version: string, config: AuditConfig, otherwise: DestinationStream = stdout) {
    const stream =
      config.AUDIT_FILE === undefined ? otherwise : destination({ dest: config.AUDIT_FILE, sync: true });
    this.logger = pino(
      {
        base: { service, version, stream: 'audit' },
        formatters: { level: (label) => ({ level: label }) },
        timestamp: () => `,"time":"${new Date().toISOString()}"`,
      },
      stream,
    );
  }

  write(line: AuditLine): void {
    this.logger.info(line, 'audit');
  }
}
