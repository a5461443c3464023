import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import course from '../config/course.ts';
import minimal from '../config/minimal.ts';
import production from '../config/production.ts';
import { account } from '../lib/doctor/account.ts';
import { AwsError } from '../lib/doctor/aws.ts';
import { bootstrap } from '../lib/doctor/bootstrap.ts';
import { dns } from '../lib/doctor/dns.ts';
import { mail } from '../lib/doctor/mail.ts';
import { fixedNames, names } from '../lib/doctor/names.ts';
import { offers } from '../lib/doctor/offers.ts';
import { quotas } from '../lib/doctor/quotas.ts';
import { serviceRoles } from '../lib/doctor/service-roles.ts';
import { source } from '../lib/doctor/source.ts';
import { stacks, stateOf } from '../lib/doctor/stacks.ts';
import { DnsServer } from './support/dns-server.ts';
import { ACCOUNT, answering, own, planFor, verdicts } from './support/doctor.ts';

const REGION = 'us-east-2';
const full = planFor(own(production, REGION));
const small = planFor(own(minimal, REGION));
const learning = planFor(own(course, REGION));
const DENIED = expect.stringMatching(/^not checked: aws \S+ .+: AccessDenied$/);

describe('without an answer, a check is not checked, and never ok', () => {
  const denied = answering({});
  const silent = { resolveNs: unavailable, resolveCaa: unavailable };
  const checks = [full, learning].flatMap((plan) => [
    ...bootstrap(plan, denied),
    stacks(plan, denied),
    ...offers(plan, denied),
    ...quotas(plan, denied),
    serviceRoles(plan, denied),
    ...dns(plan, denied, silent),
    ...mail(plan, denied),
    ...source(plan, denied),
  ]);

  it.each(checks.map((check) => [check.title, check] as const))('%s', async (_, check) => {
    expect(await verdicts(check)).toEqual([DENIED]);
  });

  it('the names, each of which is said', async () => {
    const lines = await verdicts(names(full, denied));
    expect(lines.every((line) => line.startsWith('not checked: '))).toBe(true);
    for (const { name } of fixedNames(full)) expect(lines.join()).toContain(name);
  });

  it('an answer that is not understood', async () => {
    // What a query gives for what is not in the answer.
    const strange = answering({ 'iam list-roles': null });
    expect(await verdicts(serviceRoles(full, strange))).toEqual([expect.stringMatching(/^not checked: /)]);
  });
});

describe('credentials', () => {
  const run = (answer: unknown) => verdicts(account(full, answering({ 'sts get-caller-identity': answer })));

  it('are ok if they are of the account', async () => {
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/admin/me`;
    expect(await run([ACCOUNT, arn])).toEqual([`ok: ${arn} in us-east-2`]);
  });

  it('of another account must be replaced', async () => {
    expect(await run(['123456789012', 'arn:aws:iam::123456789012:user/me'])).toEqual([
      `to do: log in to the account ${ACCOUNT}: these credentials are arn:aws:iam::123456789012:user/me`,
    ]);
  });

  it.each([
    ['an expired token', new AwsError('aws sts get-caller-identity: ExpiredToken', 'ExpiredToken')],
    ['none', new AwsError('aws sts get-caller-identity: Unable to locate credentials.')],
    ['an SSO session that has ended', new AwsError('aws sts get-caller-identity: Error loading SSO Token')],
  ])('%s: asks to log in', async (_, error) => {
    expect(await run(error)).toEqual([
      expect.stringMatching(/^to do: log in \(aws login, .+enable us-east-2/),
    ]);
  });

  it('are not checked without a network', async () => {
    const error = new AwsError('aws sts get-caller-identity: Could not connect to the endpoint URL');
    expect(await run(error)).toEqual([`not checked: ${error.message}`]);
  });
});

describe('bootstrap and rights', () => {
  const caller = [ACCOUNT, `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/me`];
  const role = `arn:aws:iam::${ACCOUNT}:role/teams/deployer`;
  const answers = {
    'sts get-caller-identity': caller,
    'iam get-role --role-name deployer': role,
    'cloudformation describe-stacks --stack-name CDKToolkit': '30',
  };
  const simulate = `iam simulate-principal-policy --policy-source-arn`;
  const execution = `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-${REGION}`;

  it('are ok', async () => {
    const ask = answering({ ...answers, [simulate]: [] });
    expect(await verdicts(bootstrap(full, ask))).toEqual([
      'ok: CDKToolkit, version 30',
      `ok: ${role} may assume the roles of the bootstrap`,
      `ok: ${execution} may create the stacks`,
    ]);
  });

  it('simulates the roles that the deployment assumes', async () => {
    const asked: string[] = [];
    const ask = answering({ ...answers, [simulate]: [] });
    await verdicts(
      bootstrap(full, (schema, command, query) => {
        asked.push(command);
        return ask(schema, command, query);
      }),
    );
    const [assume] = asked.filter((command) => command.includes('sts:AssumeRole'));
    for (const name of ['deploy-role', 'file-publishing-role', 'lookup-role']) {
      expect(assume).toContain(`arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-${name}-${ACCOUNT}-${REGION}`);
    }
  });

  it('names what is denied', async () => {
    const ask = answering({
      ...answers,
      [`${simulate} ${role}`]: [`sts:AssumeRole on ${execution}`],
      [`${simulate} ${execution}`]: ['eks:CreateCluster on *'],
    });
    expect(await verdicts(bootstrap(full, ask), 'rights')).toEqual([
      `to do: give ${role} what it needs to assume the roles of the bootstrap: sts:AssumeRole on ${execution}`,
      `to do: give ${execution} what it needs to create the stacks: eks:CreateCluster on *`,
    ]);
  });

  it('says how to bootstrap, and whether the caller may', async () => {
    const missing = new AwsError('does not exist', 'ValidationError');
    const ask = answering({
      ...answers,
      'cloudformation describe-stacks --stack-name CDKToolkit': missing,
      [simulate]: ['s3:CreateBucket on *'],
    });
    expect(await verdicts(bootstrap(full, ask))).toEqual([
      `to do: infra/node_modules/.bin/cdk bootstrap aws://${ACCOUNT}/us-east-2 (there is none)`,
      `to do: give ${role} what it needs to bootstrap: s3:CreateBucket on *`,
    ]);
  });

  it('asks for a newer bootstrap', async () => {
    const ask = answering({ ...answers, 'cloudformation describe-stacks --stack-name CDKToolkit': '5' });
    expect((await verdicts(bootstrap(full, ask), 'bootstrap'))[0]).toMatch(
      /^to do: .+its version is 5, not \d+\)$/,
    );
  });

  it('does not check the rights of the root user, which IAM does not simulate', async () => {
    const ask = answering({
      ...answers,
      'sts get-caller-identity': [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`],
    });
    expect(await verdicts(bootstrap(full, ask), 'rights')).toEqual([
      `not checked: IAM does not simulate the rights of arn:aws:iam::${ACCOUNT}:root: use a role`,
    ]);
  });
});

describe('stacks', () => {
  const state = (status: string, isProtected = false) => {
    const verdict = stateOf({ name: 'mine-data', status, isProtected, configurations: [] });
    return verdict && `${verdict.is}: ${verdict.text}`;
  };

  it.each([
    'CREATE_COMPLETE',
    'UPDATE_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
    'IMPORT_COMPLETE',
    'REVIEW_IN_PROGRESS',
    'ROLLBACK_COMPLETE',
  ])('in %s can be deployed, also if they are protected', (status) => {
    expect(state(status, true)).toBeUndefined();
  });

  it.each([
    ['ROLLBACK_FAILED', 'update-termination-protection --no-enable-termination-protection', true],
    ['ROLLBACK_FAILED', 'delete-stack', false],
    ['DELETE_FAILED', 'update-termination-protection --no-enable-termination-protection', true],
    ['DELETE_FAILED', 'delete-stack', false],
    ['CREATE_FAILED', 'rollback-stack', false],
    ['UPDATE_FAILED', 'rollback-stack', false],
    ['UPDATE_ROLLBACK_FAILED', 'continue-update-rollback', false],
    ['IMPORT_ROLLBACK_FAILED', 'describe-stack-events', false],
  ])('in %s need aws cloudformation %s', (status, operation, isProtected) => {
    const line = state(status, isProtected);
    expect(line).toMatch(new RegExp(`^to do: aws cloudformation ${operation} --stack-name mine-data`));
    expect(line).toContain(`(mine-data is in ${status})`);
  });

  it('in work need time', () => {
    expect(state('UPDATE_IN_PROGRESS')).toMatch(/^to do: wait /);
  });

  it('in a state that is not known are not checked', () => {
    expect(state('SOMETHING_NEW')).toMatch(/^not checked: /);
  });

  it('are those of the configuration', async () => {
    const stack = (name: string, status: string) => ({
      name,
      status,
      isProtected: false,
      configurations: [],
    });
    const found = [stack('production-data', 'CREATE_COMPLETE'), stack('of-others', 'DELETE_FAILED')];
    expect(await verdicts(stacks(full, answering({ 'cloudformation describe-stacks': found })))).toEqual([
      'ok: 1 of 10 exist, and can be deployed',
    ]);
  });
});

describe('database class', () => {
  const run = (zones: string[], plan = full) => {
    const ask = answering({ 'rds describe-orderable-db-instance-options': zones });
    return verdicts(offers(plan, ask), 'db.');
  };

  it('with a standby must be offered in two zones', async () => {
    expect(await run(['us-east-2a', 'us-east-2c', 'us-east-2f'])).toEqual([
      'ok: mysql 8.4.9 on gp3 is offered in us-east-2a, us-east-2c of the zones',
    ]);
    expect(await run(['us-east-2c', 'us-east-2f'])).toEqual([
      expect.stringMatching(/^to do: change database.instanceType .+ offered in us-east-2c of the zones$/),
    ]);
  });

  it('without one in one', async () => {
    expect(await run(['us-east-2b'], small)).toEqual([expect.stringMatching(/^ok: /)]);
    expect(await run([], small)).toEqual([expect.stringMatching(/^to do: .+ offered in none of the zones$/)]);
  });
});

describe('quotas', () => {
  const instance = { type: 'm7g.large', isSpot: false, cores: 2, threads: 1, cluster: '' };
  const types = [
    ['m7g.large', 2],
    ['m6g.large', 2],
    ['t4g.medium', 2],
  ];
  const answers = {
    'service-quotas get-service-quota': 10,
    'ec2 describe-instance-types': types,
    'ec2 describe-instances': [],
  };
  const increase =
    'aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value';

  it('of vCPUs take what the node groups are to have', async () => {
    expect(await verdicts(quotas(full, answering(answers)), 'quota of on-demand')).toEqual([
      'ok: 0 of 10 used, 6 to be added',
    ]);
    expect(await verdicts(quotas(small, answering(answers)), 'quota of spot')).toEqual([
      'ok: 0 of 10 used, 4 to be added',
    ]);
  });

  it('of vCPUs count what runs of the same families and market, the own nodes not twice', async () => {
    const running = [
      ...Array.from({ length: 3 }, () => instance),
      { ...instance, cluster: 'eksdemo1' },
      { ...instance, isSpot: true, cores: 64 },
      { ...instance, type: 'g5.xlarge', cores: 64 },
      { ...instance, type: 'inf2.xlarge', cores: 64 },
    ];
    const ask = (value: number) =>
      answering({ ...answers, 'service-quotas get-service-quota': value, 'ec2 describe-instances': running });
    expect(await verdicts(quotas(full, ask(12)), 'quota of on-demand')).toEqual([
      'ok: 8 of 12 used, 4 to be added',
    ]);
    expect(await verdicts(quotas(full, ask(11)), 'quota of on-demand')).toEqual([
      `to do: ${increase} 12 (8 of 11 used, 4 to be added)`,
    ]);
  });

  it('of vCPUs are not checked for families with a quota of their own, or types of unknown size', async () => {
    const groups = full.nodeGroups.map((group) => ({ ...group, InstanceTypes: ['g5g.xlarge'] }));
    const [line] = await verdicts(
      quotas({ ...full, nodeGroups: groups }, answering(answers)),
      'quota of on-demand',
    );
    expect(line).toMatch(/^not checked: g5g.xlarge has another quota/);
    const ask = answering({ ...answers, 'ec2 describe-instance-types': types.slice(1) });
    expect((await verdicts(quotas(full, ask), 'quota of on-demand'))[0]).toMatch(/^not checked: /);
  });

  it('of NAT gateways are those of the fullest zone', async () => {
    const ask = answering({
      'service-quotas get-service-quota': 5,
      'cloudformation describe-stacks': [],
      'ec2 describe-subnets': [
        ['subnet-1', 'us-east-2a'],
        ['subnet-2', 'us-east-2b'],
      ],
      'ec2 describe-nat-gateways': ['subnet-2', 'subnet-1', 'subnet-2', 'subnet-2', 'subnet-2', 'subnet-2'],
    });
    expect(await verdicts(quotas(full, ask), 'quota of NAT')).toEqual([
      expect.stringMatching(
        /^to do: .+ vpc --quota-code L-FE5A380F --desired-value 6 \(5 of 5 used, 1 to be added\)$/,
      ),
    ]);
  });

  it('of addresses take what is not there yet', async () => {
    const made = ['AWS::EC2::EIP eipalloc-1', 'AWS::EC2::EIP eipalloc-2'];
    const stack = {
      name: 'production-network',
      status: 'UPDATE_COMPLETE',
      isProtected: true,
      configurations: [],
    };
    const ask = answering({
      'service-quotas get-service-quota': 5,
      'cloudformation describe-stacks': [stack],
      'cloudformation list-stack-resources --stack-name production-network': made,
      'ec2 describe-addresses': 4,
    });
    expect(await verdicts(quotas(full, ask), 'quota of Elastic')).toEqual(['ok: 4 of 5 used, 1 to be added']);
  });

  it('of builds are found by the name of the environment', async () => {
    const quota = (environment: string, code: string, value: number) => [
      `Concurrently running builds for ${environment} environment`,
      code,
      value,
    ];
    // Codes: https://docs.aws.amazon.com/general/latest/gr/codebuild.html has the names.
    const all = [quota('ARM/Large', 'L-596BEAB4', 0), quota('Linux/Small', 'L-9D07B6EF', 1)];
    const checks = quotas(full, answering({ 'service-quotas list-service-quotas': all }));
    expect(await verdicts(checks, 'quota of builds')).toEqual([
      expect.stringMatching(/^to do: .+ codebuild --quota-code L-596BEAB4 --desired-value 1 \(0 of 0 used/),
      'ok: 0 of 1 used, 1 to be added',
    ]);
    const none = quotas(full, answering({ 'service-quotas list-service-quotas': [] }));
    expect((await verdicts(none, 'quota of builds'))[0]).toMatch(
      /^not checked: Service Quotas does not have /,
    );
  });

  it('of Classic Load Balancers only where the configuration makes them', () => {
    const titles = (plan: typeof full) => quotas(plan, answering({})).map(({ title }) => title);
    expect(titles(learning)).toContain('quota of Classic Load Balancers');
    expect(titles(full)).not.toContain('quota of Classic Load Balancers');
  });
});

describe('service-linked roles', () => {
  const run = (plan: typeof full, found: string[]) =>
    verdicts(serviceRoles(plan, answering({ 'iam list-roles': found })));

  it('of notifications, and of spot with Karpenter, must be made before', async () => {
    expect(await run(full, [])).toEqual([
      expect.stringMatching(
        /^to do: aws iam create-service-linked-role --aws-service-name codestar-notifications\.amazonaws\.com/,
      ),
      expect.stringMatching(
        /^to do: aws iam create-service-linked-role --aws-service-name spot\.amazonaws\.com/,
      ),
      'ok: created at the first use: eks.amazonaws.com, eks-nodegroup.amazonaws.com, autoscaling.amazonaws.com, rds.amazonaws.com, elasticloadbalancing.amazonaws.com',
    ]);
  });

  it('of spot is made by Auto Scaling for node groups, and of Fargate by EKS', async () => {
    expect(await run(small, [])).toEqual([expect.stringMatching(/^ok: .+, spot\.amazonaws\.com$/)]);
    expect((await run(learning, [])).at(-1)).toContain('eks-fargate.amazonaws.com');
  });
});

describe('names', () => {
  it('are those that the templates of any configuration fix, in all types that can be listed', async () => {
    for (const plan of [full, small, learning]) {
      expect(fixedNames(plan)).toEqual(
        expect.arrayContaining([
          { type: 'AWS::EKS::Cluster', name: 'eksdemo1' },
          { type: 'AWS::ECR::Repository', name: 'usermgmt/notification' },
          { type: 'AWS::Logs::LogGroup', name: '/aws/eks/eksdemo1/cluster' },
          { type: 'AWS::SNS::Topic', name: 'eks-alerts' },
          { type: 'AWS::Budgets::Budget', name: `${plan.config.name}-month` },
          { type: 'AWS::SES::EmailIdentity', name: plan.config.mail.identity },
          { type: 'AWS::RDS::DBInstance', name: `${plan.config.name}-usermgmtdb` },
        ]),
      );
      // A resource of a new type with a fixed name: say in lib/doctor/names.ts how its names are listed.
      expect((await verdicts(names(plan, answering({})))).join()).not.toContain('the doctor cannot list');
    }
  });

  it('of a type that is not known are said to be not checked', async () => {
    const resources = [{ type: 'AWS::Some::Thing', properties: { ThingName: 'mine', OtherName: 'x' } }];
    expect(await verdicts(names({ ...full, resources }, answering({})))).toEqual([
      'not checked: mine: the doctor cannot list AWS::Some::Thing',
    ]);
  });

  it('of notification rules are asked for one by one', async () => {
    const resources = full.resources.filter(({ type }) => type.includes('NotificationRule'));
    const { name } = fixedNames({ resources })[0]!;
    const arn = `arn:aws:codestar-notifications:us-east-2:${ACCOUNT}:notificationrule/1234`;
    const run = (found: string, made: string[] = []) => {
      const stack = {
        name: 'production-pipeline',
        status: 'CREATE_COMPLETE',
        isProtected: true,
        configurations: [],
      };
      const ask = answering({
        'cloudformation describe-stacks': [stack],
        'cloudformation list-stack-resources': made,
        'codestar-notifications list-notification-rules': [arn],
        'codestar-notifications describe-notification-rule': found,
      });
      return verdicts(names({ ...full, resources }, ask));
    };
    expect(await run(name)).toEqual([
      expect.stringMatching(/^to do: look at it with aws codestar-notifications /),
    ]);
    expect(await run(name, [`AWS::CodeStarNotifications::NotificationRule ${arn}`])).toEqual([
      'ok: 1 are free or of this configuration',
    ]);
    expect(await run('another')).toEqual(['ok: 1 are free or of this configuration']);
  });
});

describe('hosted zone, delegation and certificate', () => {
  const zone = {
    name: 'my.domain.',
    isPrivate: false,
    servers: ['ns-1.awsdns-01.org.', 'ns-2.awsdns-02.com'],
  };
  let server: DnsServer;

  beforeAll(async () => {
    server = await DnsServer.start();
  });
  afterAll(async () => {
    await server.stop();
  });

  const run = (title: string, answers: Record<string, unknown> = {}, plan = full) => {
    const ask = answering({
      'route53 get-hosted-zone': zone,
      'cloudformation describe-stacks': [],
      ...answers,
    });
    return verdicts(dns(plan, ask, server.resolver()), title);
  };

  it('are not asked for without dns', () => {
    expect(dns(small, answering({}), server.resolver())).toEqual([]);
  });

  it('zone: of the same name, and public', async () => {
    expect(await run('hosted zone')).toEqual(['ok: my.domain is Z0000000000EXAMPLE']);
    expect(
      await run('hosted zone', { 'route53 get-hosted-zone': { ...zone, name: 'other.domain.' } }),
    ).toEqual([
      expect.stringMatching(/^to do: correct dns, .+ Z0000000000EXAMPLE is the zone other.domain$/),
    ]);
    expect(await run('hosted zone', { 'route53 get-hosted-zone': { ...zone, isPrivate: true } })).toEqual([
      expect.stringMatching(/^to do: .+ Z0000000000EXAMPLE is private$/),
    ]);
  });

  it('delegation: public DNS has the same servers, in any order', async () => {
    server.names = { 'my.domain': { NS: ['ns-2.awsdns-02.com', 'NS-1.awsdns-01.org'] } };
    expect(await run('delegation')).toEqual(['ok: ns-1.awsdns-01.org, ns-2.awsdns-02.com']);
    server.names = { 'my.domain': { NS: ['ns.elsewhere.net'] } };
    expect(await run('delegation')).toEqual([
      expect.stringMatching(
        /^to do: set the name servers .+ ns-1.awsdns-01.org, ns-2.awsdns-02.com; public DNS has ns.elsewhere.net$/,
      ),
    ]);
    server.names = {};
    expect(await run('delegation')).toEqual([expect.stringMatching(/^to do: .+ public DNS has none$/)]);
    server.names = { 'my.domain': 'SERVFAIL' };
    expect(await run('delegation')).toEqual(['not checked: public DNS does not answer (ESERVFAIL)']);
    expect(await run('delegation', { 'route53 get-hosted-zone': { ...zone, servers: null } })).toEqual([
      expect.stringMatching(/^not checked: /),
    ]);
  });

  it.each([
    ['no records', { 'my.domain': {} }, /^ok: to be created; there are no CAA records$/],
    ['Amazon', { 'my.domain': { CAA: ['issue amazontrust.com'] } }, /^ok: .+ of my.domain include Amazon$/],
    ['Amazon with parameters', { 'my.domain': { CAA: ['issue amazon.com;x=1'] } }, /^ok: /],
    ['only a mail address', { 'my.domain': { CAA: ['iodef mailto:me@my.domain'] } }, /^ok: /],
    ['others', { 'my.domain': { CAA: ['issue letsencrypt.org'] } }, /^to do: add amazon.com .+ of my.domain/],
    ['nobody', { 'my.domain': { CAA: ['issue ;'] } }, /^to do: /],
    ['others for wildcards', { 'my.domain': { CAA: ['issue amazon.com', 'issuewild x.org'] } }, /^to do: /],
    ['others in the zone above', { domain: { CAA: ['issue x.org'] } }, /^to do: add amazon.com .+ of domain/],
    [
      'an own one before that above',
      { 'my.domain': { CAA: ['issue amazon.com'] }, domain: { CAA: ['issue x.org'] } },
      /^ok: /,
    ],
    ['an error', { 'my.domain': 'SERVFAIL' as const }, /^not checked: public DNS does not answer/],
  ])('certificate, CAA records: %s', async (_, records, line) => {
    server.names = records;
    expect(await run('certificate')).toEqual([expect.stringMatching(line)]);
  });

  it.each([
    ['ISSUED', /^ok: arn:aws:acm:.+ is issued$/],
    ['PENDING_VALIDATION', /^to do: correct the delegation .+ is PENDING_VALIDATION$/],
    ['FAILED', /^to do: .+ is FAILED$/],
  ])('certificate that is made: %s', async (status, line) => {
    const stack = {
      name: 'production-dns',
      status: 'CREATE_COMPLETE',
      isProtected: true,
      configurations: [],
    };
    const arn = `arn:aws:acm:us-east-2:${ACCOUNT}:certificate/1`;
    const answers = {
      'cloudformation describe-stacks': [stack],
      'cloudformation list-stack-resources': [`AWS::CertificateManager::Certificate ${arn}`],
      [`acm describe-certificate --certificate-arn ${arn}`]: status,
    };
    expect(await run('certificate', answers)).toEqual([expect.stringMatching(line)]);
  });
});

describe('SES', () => {
  const healthy = {
    status: 'HEALTHY',
    isEnabled: true,
    hasProductionAccess: true,
    aDay: 50_000,
    aSecond: 14,
  };
  const sandbox = { ...healthy, hasProductionAccess: false, aDay: 200, aSecond: 1 };
  const elsewhere = planFor(
    own(minimal, REGION, {
      mail: { identity: 'me@my.domain', from: 'me@my.domain', reportsTo: 'ops@else.org' },
    }),
  );
  /** By the query: identities that are verified, and those that are not. */
  const run = (title: string, given: object, verified: string[], others: string[] = [], plan = elsewhere) => {
    const ask = answering({ 'sesv2 get-account': given });
    return verdicts(
      mail(plan, (schema, command, query) =>
        command === 'sesv2 list-email-identities'
          ? Promise.resolve(schema.parse(query.includes('?!') ? others : verified))
          : ask(schema, command, query),
      ),
      title,
    );
  };

  it('says the rate', async () => {
    expect(await run('SES', healthy, [])).toEqual(['ok: HEALTHY, 50000 mails a day, 14 a second']);
    expect(await run('SES', { ...healthy, aSecond: 6 }, [], [], full)).toEqual([
      'to do: reduce mail.maxSendRate: the account has 50000 mails a day, 6 a second',
    ]);
  });

  it('in the sandbox sends to verified addresses, or domains', async () => {
    for (const verified of ['ops@else.org', 'else.org']) {
      expect(await run('SES', sandbox, [verified])).toEqual([
        expect.stringMatching(/^ok: sandbox: only to verified addresses, 200 mails a day, 1 a second/),
      ]);
    }
    expect(await run('SES', sandbox, [], ['ops@else.org'])).toEqual([
      expect.stringMatching(
        /^to do: ask for production access .+ aws sesv2 create-email-identity --email-identity ops@else.org/,
      ),
    ]);
  });

  it.each([{ isEnabled: false }, { status: 'SHUTDOWN' }])('that is closed: %o', async (change) => {
    expect(await run('SES', { ...healthy, ...change }, [])).toEqual([
      expect.stringMatching(/^to do: do what https:/),
    ]);
  });

  it('sender: verified, to be made, or to be confirmed', async () => {
    expect(await run('sender', healthy, ['me@my.domain'])).toEqual(['ok: me@my.domain is verified']);
    expect(await run('sender', healthy, [])).toEqual(['ok: the stack mail will create me@my.domain']);
    expect(await run('sender', healthy, [], ['me@my.domain'])).toEqual([
      'to do: confirm the mail that SES has sent to me@my.domain',
    ]);
    expect(await run('sender', healthy, [], ['my.domain'], full)).toEqual([
      expect.stringMatching(/^to do: wait until SES finds the DKIM records of my.domain/),
    ]);
  });
});

describe('source of the pipeline', () => {
  const [arn] = [full.config.pipeline?.source].map((from) =>
    from?.kind === 'github' ? from.connectionArn : '',
  );
  const get = `codeconnections get-connection --connection-arn ${arn} --region us-east-2`;
  const run = (answers: Record<string, unknown>) => verdicts(source(full, answering(answers)));

  it('is a connection that somebody has completed', async () => {
    expect(await run({ [get]: 'AVAILABLE' })).toEqual([`ok: ${arn} is AVAILABLE`]);
    expect(await run({ [get]: 'PENDING' })).toEqual([
      `to do: complete ${arn} on https://us-east-2.console.aws.amazon.com/codesuite/settings/connections: it is PENDING`,
    ]);
    expect(await run({ [get]: new AwsError('none', 'ResourceNotFoundException') })).toEqual([
      expect.stringMatching(/^to do: create a connection on https:/),
    ]);
  });

  it('is not asked for without a pipeline', () => {
    expect(source(small, answering({}))).toEqual([]);
  });
});

function unavailable(): Promise<never> {
  return Promise.reject(Object.assign(new Error('queryNs ECONNREFUSED'), { code: 'ECONNREFUSED' }));
}
