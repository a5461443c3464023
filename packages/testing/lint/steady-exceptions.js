/**
 * The only places in tests that wait for a time to pass or read how long something took: by file, how many there are, and
 * why an event, a count or a clock of the test's own does not do. The rule in steady-tests.js reports a number that differs.
 *
 * @type {Record<string, { count: number, reason: string }>}
 */
export const STEADY_EXCEPTIONS = {
  // Helpers that wait for a condition or move a clock.
  'packages/testing/src/wait.ts': { count: 1, reason: 'The pause between two questions of waitFor.' },
  'packages/local-xray/test/local-xray.ts': { count: 1, reason: 'The pause between two questions of until.' },
  'packages/testing/src/growth/work.ts': {
    count: 2,
    reason: 'CPU time of two sizes is compared; waiting and other processes do not count.',
  },
  'packages/testing/src/deadlines.ts': {
    count: 1,
    reason: 'A stopped timer stands for AbortSignal.timeout.',
  },
  'infra/test/support/templates.ts': {
    count: 1,
    reason: 'The pause between two looks at a file of another worker.',
  },

  // A clock of the test's own, or of the product, that the test sets.
  'services/notification/test/send-rate.spec.ts': {
    count: 1,
    reason: 'Stops the clock at the current time.',
  },
  'services/notification/test/smtp-connections.spec.ts': {
    count: 1,
    reason: 'Sets the clock of HealthChecks.',
  },
  'services/user-management/test/http-status.spec.ts': {
    count: 1,
    reason: 'Sets the clock of HealthChecks.',
  },
  'services/user-management/src/users/hashing-slots.spec.ts': {
    count: 5,
    reason: 'Timers and clock are fake.',
  },
  'services/user-management/test/refresh-tokens.contract.ts': {
    count: 1,
    reason: 'Compares the clock of the database with that of the machine: a minute apart at most.',
  },

  // What a test does for a while: load, samples, slow clients.
  'packages/testing/src/contract.ts': { count: 1, reason: 'A client that obeys Retry-After.' },
  'packages/testing/src/crash.ts': { count: 1, reason: 'The pause between two attempts of a writer.' },
  'packages/testing/test/memory-limits.spec.ts': { count: 1, reason: 'Samples the memory of a process.' },
  'packages/testing/src/codebuild/run.ts': {
    count: 2,
    reason: 'Prints the seconds of each command of a build; no test asserts them.',
  },
  'packages/testing/test/pipeline.spec.ts': { count: 1, reason: 'Asks for the version during a deployment.' },
  'k8s/test/live/support/load-process.ts': {
    count: 4,
    reason: 'Sends requests at a rate, and reports the slowest.',
  },
  'k8s/test/live/under-load/rollout.spec.ts': {
    count: 3,
    reason: 'Load for some minutes; nothing changes in a pause. Prints the seconds.',
  },
  'services/notification/test/smtp-outages.spec.ts': {
    count: 1,
    reason: 'A server that sends its greeting slowly.',
  },
  'services/user-management/test/slow-clients.spec.ts': {
    count: 1,
    reason: 'Clients that send a byte each second.',
  },
  'packages/local-xray/test/http.spec.ts': {
    count: 1,
    reason: 'Hints are counted, at most two for each second that passed: a slow machine lets more pass.',
  },
  'services/user-management/test/adoption.mysql.spec.ts': {
    count: 2,
    reason: 'Prints the seconds; asserts none.',
  },
};
