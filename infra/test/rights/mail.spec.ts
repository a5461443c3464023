import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startNotification } from '../../../packages/testing/src/process.ts';
import { configurations, loadConfig } from '../../lib/config/load-config.ts';
import { outputName } from '../../lib/output-name.ts';
import { describeWithAws, RecordedAws } from '../support/rights/recorded-aws.ts';
import { SynthesizedAccount } from '../support/rights/synthesized-account.ts';
import { unusedRights } from '../support/rights/unused-rights.ts';

const MINUTE = 60_000;

/** What pipeline/settings.mjs makes the setting MAIL_FROM_ADDRESS of. */
const senderIn = (account: SynthesizedAccount, namespace: string): string =>
  account.outputs('workloads')[outputName(namespace, 'mail-from-address')] ??
  account.outputs('mail').MailFromAddress!;

const namespaces = (await Promise.all(configurations().map(loadConfig))).flatMap((config) =>
  config.cluster.namespaces.map((namespace) => ({ config, name: config.name, namespace: namespace.name })),
);

describeWithAws('notification', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-rights-'));
  let aws: RecordedAws;

  beforeAll(async () => {
    aws = await RecordedAws.start(folder);
    for (const identity of new Set(namespaces.map(({ config }) => config.mail.identity)))
      if (identity.includes('@'))
        aws.emulator.aws('ses', 'verify-email-identity', '--email-address', identity);
      else aws.emulator.aws('ses', 'verify-domain-identity', '--domain', identity);
  }, MINUTE);

  afterAll(async () => {
    await aws.stop();
    rmSync(folder, { recursive: true });
  });

  it.each(namespaces)(
    'sends with its role in $namespace of $name, in the sandbox of SES too, and needs all that the role may',
    async ({ config, name, namespace }) => {
      const account = new SynthesizedAccount(config);
      const role = account.podRole(namespace, 'notification');
      const status = await send(role, senderIn(account, namespace), `${name}-mails`);
      expect(aws.unknown).toEqual([]);
      expect(aws.denied(role)).toEqual([]);
      expect(status).toBe(200);
      expect(aws.of(role).map(({ resource }) => resource)).toContainEqual(
        expect.stringContaining('identity/jane@example.com'),
      );
      expect(unusedRights(role, aws.of(role))).toEqual([]);
    },
    MINUTE,
  );

  it('cannot send under another address', async () => {
    const [{ config, name, namespace }] = namespaces as [(typeof namespaces)[number]];
    const role = new SynthesizedAccount(config).podRole(namespace, 'notification');
    expect(await send(role, 'other@example.com', `${name}-mails`)).toBe(503);
    expect(aws.denied(role)).toContainEqual(expect.stringContaining('ses:SendEmail'));
  });

  /** Starts the built service with the credentials of a role, and has it send a mail. @returns the status */
  async function send(
    role: ReturnType<SynthesizedAccount['podRole']>,
    from: string,
    configurationSet: string,
  ): Promise<number> {
    const { process, url } = await startNotification({
      ...aws.environment(role),
      AWS_ENDPOINT_URL_SES: aws.url,
      AWS_MAIL_SERVER_FROM_ADDRESS: from,
      // The identity has it by default (lib/mail.stack.ts), and SES authorizes it all the same.
      SES_CONFIGURATION_SET: configurationSet,
    });
    try {
      const { status } = await fetch(`${url}/send`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ subject: 's', content: 'c', toEmails: ['jane@example.com'] }),
      });
      return status;
    } finally {
      await process.stop('SIGKILL');
    }
  }
});
