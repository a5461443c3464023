import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUser, send } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import { queries, rules } from './support/monitoring-files.ts';
import { type RunningServices, startServices } from './support/running-services.ts';
import { matches, selectorsIn, type Series, seriesIn, written } from './support/series.ts';

const JOBS = ['user-management', 'notification'] as const;

describe('what rules and dashboards ask for', () => {
  const asked = [...rules().map(({ file, expr }) => ({ where: `rules/${file}.yml`, expr })), ...queries()];
  /** Metrics that the services in this test cannot show, and why. */
  const ELSEWHERE: Readonly<Record<string, string>> = {
    up: 'Prometheus makes it',
    db_pool_connections: 'there is a pool with MySQL only, and this test runs on the embedded database',
  };
  const recorded = new Set(rules().map(({ record }) => record));
  let services: RunningServices;
  let series: Series[];

  /** Brings about every kind of series that a rule looks for, failures included. */
  beforeAll(async () => {
    services = await startServices({ SES_MAX_SEND_RATE: '1' }, async ({ url }) => {
      expect((await fetch(`${url}/notification-xray`)).status).toBe(503);
    });
    const { users, notification } = services;
    const mail = { subject: 'a', content: 'b', toEmails: ['anna@example.com', 'berta@example.com'] };
    const made = await send('POST', `${users.url}/user`, newUser());
    const sent = await send('POST', `${notification.url}/send`, mail);
    const throttled = await send('POST', `${notification.url}/send`, mail);
    expect([made.status, throttled.status]).toEqual([201, 503]);
    expect([200, 503]).toContain(sent.status);
    await fetch(`${users.url}/user/nobody`);
    await send('POST', `${notification.url}/send`, {});
    series = await waitFor('the mail to be delivered', async () => {
      const texts = await services.scrape();
      if (!/^outbox_delivery_seconds_count 1$/m.test(texts['user-management'])) return undefined;
      return JOBS.flatMap((job) =>
        seriesIn(texts[job]).map(({ name, labels }) => ({ name, labels: { ...labels, job, instance: 'a' } })),
      );
    });
  }, 90_000);
  afterAll(async () => {
    await services.stop();
  }, 30_000);

  it.each([...new Set(asked.map(({ where }) => where))])('is there: %s', (file) => {
    const missing = asked
      .filter(({ where }) => where === file)
      .flatMap(({ expr }) => selectorsIn(expr))
      .filter((selector) => {
        if (selector.name in ELSEWHERE) return false;
        if (selector.name.includes(':')) return !recorded.has(selector.name);
        return !series.some((one) => matches(one, selector));
      });
    expect(missing.map(written)).toEqual([]);
  });

  it('is asked for somewhere, if it is one of our own metrics', () => {
    const names = new Set(asked.flatMap(({ expr }) => selectorsIn(expr)).map(({ name }) => name));
    const own = series
      .map(({ name }) => name)
      .filter((name) => !/^(?:process|nodejs)_|_(?:sum|count|bucket)$/.test(name));
    expect([...new Set(own)].filter((name) => !names.has(name))).toEqual([]);
  });
});
