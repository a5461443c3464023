import { describe, expect, it } from '@jest/globals';
import { versionProblem } from './server-version.js';

describe('versionProblem', () => {
  // 5.6 is what the course's manifests run, 5.7 what its RDS instance runs.
  it.each(['5.6.51', '5.7.22-log', '5.7.44'])('reports MySQL %s as too old', (version) => {
    expect(versionProblem(version)).toBe(
      `MySQL ${version} is too old: this version needs MySQL 8.4 or newer`,
    );
  });

  it.each(['8.0.40', '8.4.6-0ubuntu0', '9.7.0', '10.11.6-MariaDB-0+deb12u1', '5.5.5-10.11.6-MariaDB'])(
    'accepts %s',
    (version) => {
      expect(versionProblem(version)).toBeUndefined();
    },
  );
});
