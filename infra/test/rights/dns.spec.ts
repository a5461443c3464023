import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import course from '../../config/course.ts';
import { describeWithAws, RecordedAws } from '../support/rights/recorded-aws.ts';
import { SynthesizedAccount } from '../support/rights/synthesized-account.ts';
import { unusedRights } from '../support/rights/unused-rights.ts';

const MINUTE = 60_000;
const isInstalled = spawnSync('external-dns', ['--version']).error === undefined;
if (!isInstalled) process.stderr.write('!!! SKIPPED: the rights of ExternalDNS: it is not installed\n');

describeWithAws('ExternalDNS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-rights-'));
  let aws: RecordedAws;
  let zone: string;

  beforeAll(async () => {
    aws = await RecordedAws.start(folder);
    zone = makeZone(course.dns.zoneName);
    makeZone('other.example');
  }, MINUTE);

  afterAll(async () => {
    await aws.stop();
    rmSync(folder, { recursive: true });
  });

  (isInstalled ? it : it.skip)(
    'keeps the records of its zone with its role, and the role may nothing else',
    async () => {
      const inTemplate = new SynthesizedAccount(course).podRole('external-dns', 'external-dns');
      // moto makes up the ids of zones, and they do not begin with Z.
      const role = JSON.parse(
        JSON.stringify(inTemplate).replaceAll(course.dns.zoneId, zone),
      ) as typeof inTemplate;
      // The arguments of lib/addons/external-dns.ts; records of made-up names, so that no cluster is needed.
      const ended = promisify(execFile)(
        'external-dns',
        [
          ...['--once', '--source=fake', `--fqdn-template=${course.dns.zoneName}`],
          ...['--provider=aws', '--policy=sync', '--registry=txt', '--txt-owner-id=eksdemo1'],
          ...[`--domain-filter=${course.dns.zoneName}`, '--aws-zone-type=public'],
        ],
        { env: { ...process.env, ...aws.environment(role) } },
      );
      const problem = await ended.then(() => '', String);
      expect(aws.unknown).toEqual([]);
      expect(aws.denied(role)).toEqual([]);
      expect(problem).toBe('');
      expect(unusedRights(role, aws.of(role))).toEqual([]);
    },
    MINUTE,
  );

  function makeZone(name: string): string {
    const words = [
      '--name',
      name,
      '--caller-reference',
      name,
      '--query',
      'HostedZone.Id',
      '--output',
      'text',
    ];
    return aws.emulator
      .aws('route53', 'create-hosted-zone', ...words)
      .trim()
      .replace('/hostedzone/', '');
  }
});
