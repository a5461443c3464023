import { rmSync } from 'node:fs';

/** Deletes what global-setup.js made. */
export default function tearDown() {
  rmSync(process.env.TEST_INFRA_TEMPLATES, { recursive: true, force: true });
}
