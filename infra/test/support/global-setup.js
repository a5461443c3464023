import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes the folder in which the test files of a run share their templates (templates.ts). */
export default function setUp() {
  process.env.TEST_INFRA_TEMPLATES = mkdtempSync(join(tmpdir(), 'usermgmt-infra-'));
}
