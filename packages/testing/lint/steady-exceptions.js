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
  'packages/testing/src/crash.ts': {
    count: 1,
    reason: 'Writers that try again, and a part that is down for a while, as after a power cut.',
  },
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
    count: 1,
    reason: 'Load for some minutes; nothing changes in a pause.',
  },
  'k8s/test/live/database-outage.spec.ts': {
    count: 1,
    reason:
      'No pod is restarted for longer than its liveness probe waits: the kubelet alone counts the probes.',
  },
  'services/notification/test/smtp-outages.spec.ts': {
    count: 1,
    reason: 'A server that sends its greeting slowly.',
  },
  'services/user-management/test/slow-clients.spec.ts': {
    count: 7,
    reason: "Clients that send slowly, until Node's own timers in the HTTP server cut them.",
  },

  // Bounds that clients are promised, far above what the work takes.
  'packages/testing/src/secured.ts': {
    count: 2,
    reason: 'Another process ends logins: AUTH_USER_CHECK_SECONDS.',
  },
  'packages/testing/test/tracing-settings.spec.ts': {
    count: 2,
    reason: 'Nothing is sent for a while; a start that waits for metadata: 15 s.',
  },
  'packages/testing/test/shutdown.spec.ts': {
    count: 1,
    reason: 'A request that is half sent when the signal comes.',
  },
  'packages/local-xray/test/http.spec.ts': {
    count: 1,
    reason: 'Hints are counted, at most two for each second that passed: a slow machine lets more pass.',
  },
  'services/user-management/test/adoption.mysql.spec.ts': {
    count: 2,
    reason: 'Prints the seconds; asserts none.',
  },
  'services/user-management/test/database-outage.mysql.spec.ts': { count: 2, reason: 'Answers within 3 s.' },
  'services/user-management/test/http-status.spec.ts': {
    count: 1,
    reason: 'Sets the clock of HealthChecks.',
  },
  'services/user-management/test/outbox-stop.spec.ts': { count: 2, reason: 'Stops within 3 s.' },
};
