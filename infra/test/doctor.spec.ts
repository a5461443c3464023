import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmulatedAws, hasAws } from '../../packages/testing/src/pipeline/aws.ts';
import course from '../config/course.ts';
import production from '../config/production.ts';
import { awsCli } from '../lib/doctor/aws.ts';
import { checksOf, examine } from '../lib/doctor/doctor.ts';
import { fixedNames } from '../lib/doctor/names.ts';
import type { Plan } from '../lib/doctor/plan.ts';
import { AwsFront, type Answer } from './support/aws-front.ts';
import { DnsServer } from './support/dns-server.ts';
import { ACCOUNT, own, planFor, verdicts } from './support/doctor.ts';

if (!hasAws) {
  process.stderr.write(
    '!!! SKIPPED: the doctor, with an emulator of AWS: pip install -r infra/requirements.txt\n',
  );
}

/** Not us-east-1, in which version 1 of the AWS CLI asks AWS itself for RDS, whatever AWS_ENDPOINT_URL says. */
const REGION = 'us-east-2';
const ANOTHER_REGION = 'us-west-2';
const prepared = planFor({
  ...own(production, REGION),
  // Not SES, which the emulator does not have.
  network: { ...own(production, REGION).network, endpoints: ['s3', 'sts', 'logs'] },
});

const learning = own(course, ANOTHER_REGION);
const obstructed = planFor({
  ...learning,
  name: 'mine',
  network: { ...learning.network, zones: ['us-west-2a', 'us-west-2z'], endpoints: ['ses'] },
  cluster: { ...learning.cluster, scaling: 'karpenter' },
  mail: { ...learning.mail, reportsTo: 'ops@elsewhere.org' },
  pipeline: { ...learning.pipeline!, source: { kind: 'codecommit', repository: 'usermgmt' } },
});

/** Some fifty programs are started, on a machine that may do other things too. */
const TIMEOUT_MS = 600_000;

(hasAws ? describe : describe.skip)('the doctor, with the AWS CLI and an emulator of AWS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'usermgmt-doctor-'));
  const before = { ...process.env };
  let emulator: EmulatedAws;
  let front: AwsFront;
  let publicDns: DnsServer;
  let zoneId: string;

  beforeAll(async () => {
    emulator = await EmulatedAws.start(folder, ACCOUNT);
    front = await AwsFront.start(emulator.environment.AWS_ENDPOINT_URL!);
    publicDns = await DnsServer.start();
    Object.assign(process.env, emulator.environment, { AWS_ENDPOINT_URL: front.url, AWS_MAX_ATTEMPTS: '1' });
    const words = ['route53', 'create-hosted-zone', '--name', 'my.domain', '--caller-reference', 'test'];
    const created = JSON.parse(emulator.aws(...words)) as {
      HostedZone: { Id: string };
      DelegationSet: { NameServers: string[] };
    };
    zoneId = created.HostedZone.Id.split('/').at(-1)!;
    publicDns.names = { 'my.domain': { NS: created.DelegationSet.NameServers } };
  }, TIMEOUT_MS);

  afterAll(async () => {
    process.env = before;
    await publicDns.stop();
    await front.stop();
    await emulator.stop();
    rmSync(folder, { recursive: true });
  });

  it(
    'says what to do in an account that has nothing, but what is in the way',
    async () => {
      const plan = obstructed;
      front.answers = whatIsMissing();
      putInTheWay();
      const { code, lines } = await run(plan);
      const increase = 'aws service-quotas request-service-quota-increase --service-code';
      const takenBy = 'exists, and is of no stack of this configuration; other is deployed here too';
      expect(lines).toEqual([
        `ok           credentials: arn:aws:sts::${ACCOUNT}:user/moto in us-west-2`,
        `to do        bootstrap: infra/node_modules/.bin/cdk bootstrap aws://${ACCOUNT}/us-west-2 (there is none)`,
        `to do        rights: give arn:aws:sts::${ACCOUNT}:user/moto what it needs to bootstrap: s3:CreateBucket on *`,
        'ok           stacks: 2 of 10 exist, and can be deployed',
        matching(
          /^to do {8}zones us-west-2a, us-west-2z: change network.zones .+: not offered are us-west-2z$/,
        ),
        matching(
          /^to do {8}interface endpoints: .+email us-west-2a, com.amazonaws.us-west-2.email us-west-2z$/,
        ),
        matching(/^to do {8}instance types t3.medium: .+: not offered are t3.medium us-west-2z$/),
        matching(
          /^to do {8}Kubernetes 1.36: change KUBERNETES in infra\/lib\/versions.ts .+: not offered are 1.36$/,
        ),
        matching(/^to do {8}add-ons: change ADDONS in .+: not offered are vpc-cni v/),
        matching(/^to do {8}mysql 8.4.9: change ENGINE in .+: not offered are 8.4.9$/),
        matching(/^to do {8}images of CodeBuild: .+: not offered are aws\/codebuild\/[a-z0-9_.:-]+$/),
        matching(/^to do {8}db.t3.micro: change database.instanceType .+ is offered in none of the zones$/),
        `to do        quota of on-demand vCPUs: ${increase} ec2 --quota-code L-1216C47A --desired-value 8 (0 of 0 used, 8 to be added)`,
        `to do        quota of VPCs: ${increase} vpc --quota-code L-F678F1CE --desired-value 6 (5 of 5 used, 1 to be added)`,
        matching(/^to do {8}quota of Elastic IPs: .+ \(0 of 0 used, 1 to be added\)$/),
        matching(/^to do {8}quota of Application Load Balancers: .+ \(0 of 0 used, 1 to be added\)$/),
        matching(/^to do {8}quota of Classic Load Balancers: .+ \(0 of 0 used, 1 to be added\)$/),
        matching(/^to do {8}quota of Network Load Balancers: .+ \(0 of 0 used, 1 to be added\)$/),
        'ok           quota of NAT gateways in a zone: 0 of 5 used, 1 to be added',
        `to do        quota of builds on LINUX/LARGE: ${increase} codebuild --quota-code L-2 --desired-value 1 (0 of 0 used, 1 to be added)`,
        `to do        quota of builds on LINUX/SMALL: ${increase} codebuild --quota-code L-3 --desired-value 1 (0 of 0 used, 1 to be added)`,
        matching(
          /^to do {8}service-linked roles: aws iam create-service-linked-role .+ codestar-notifications.amazonaws.com/,
        ),
        matching(/^to do {8}service-linked roles: aws iam create-service-linked-role .+ spot.amazonaws.com/),
        matching(/^ok {11}service-linked roles: created at the first use: eks.amazonaws.com, /),
        `to do        names: look at it with aws sns list-topics, and delete it or choose another name (AWS::SNS::Topic eks-alerts ${takenBy})`,
        `to do        names: look at it with aws ecr describe-repositories, and delete it or choose another name (AWS::ECR::Repository usermgmt/notification ${takenBy})`,
        `to do        names: aws logs delete-log-group --log-group-name /aws/eks/eksdemo1/cluster, if it is left over (AWS::Logs::LogGroup /aws/eks/eksdemo1/cluster ${takenBy})`,
        // Among them what mine-mail and mine-addons have.
        `ok           names: ${fixedNames(plan).length - 3} are free or of this configuration`,
        matching(/^to do {8}hosted zone: correct dns, .+: Z0000000000EXAMPLE does not exist$/),
        'not checked  delegation: aws route53 get-hosted-zone: NoSuchHostedZone',
        'ok           certificate: to be created; there are no CAA records',
        matching(
          /^to do {8}SES: .+ create-email-identity --email-identity ops@elsewhere.org \(sandbox: only to verified addresses, 200 mails a day, 1 a second\)$/,
        ),
        'ok           sender: the stack mail will create my.domain',
        'to do        source of the pipeline: aws codecommit create-repository --repository-name usermgmt',
        '7 ok, 26 to do, 1 not checked',
      ]);
      expect(code).toBe(1);
    },
    TIMEOUT_MS,
  );

  it(
    'finds nothing to do in an account that is prepared',
    async () => {
      emulator.makeStack('CDKToolkit', { BootstrapVersion: '30' }, REGION);
      for (const service of ['codestar-notifications.amazonaws.com', 'spot.amazonaws.com']) {
        emulator.aws('iam', 'create-service-linked-role', '--aws-service-name', service);
      }
      // The emulator's zones have ids that do not begin with Z.
      const plan = { ...prepared, config: { ...prepared.config, dns: { ...prepared.config.dns!, zoneId } } };
      front.answers = whatIsOffered(plan);
      const { code, lines } = await run(plan);
      const titles = checksOf(plan, awsCli(REGION), publicDns.resolver()).map(({ title }) => title);
      expect([...new Set(lines.slice(1, -1).map((line) => /^ok {11}(.+?): /.exec(line)?.[1]))]).toEqual(
        titles,
      );
      expect(lines.at(0)).toBe(`ok           credentials: arn:aws:sts::${ACCOUNT}:user/moto in us-east-2`);
      expect(lines.at(-1)).toBe(`${lines.length - 1} ok, 0 to do, 0 not checked`);
      expect(code).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'takes a zone that EKS refuses for not offered',
    async () => {
      // The emulator has use1-az3 as us-east-1e, as many accounts do.
      const network = { ...prepared.config.network, zones: ['us-east-1a', 'us-east-1e'] };
      const plan = { ...prepared, config: { ...prepared.config, network } };
      front.answers = {};
      const checks = checksOf(plan, awsCli('us-east-1'), publicDns.resolver());
      expect(await verdicts(checks, 'zones')).toEqual([
        matching(/^to do: change network.zones to .+: not offered are us-east-1e$/),
      ]);
    },
    TIMEOUT_MS,
  );

  it(
    'says what a stack has left behind that was rolled back',
    async () => {
      front.answers = { DescribeStacks: rolledBack('production-cluster'), ListStackResources: leftBehind() };
      // The emulator keeps a log group, too.
      emulator.aws('--region', REGION, 'logs', 'create-log-group', '--log-group-name', LOG_GROUP);
      const resources = [{ type: 'AWS::Logs::LogGroup', properties: { LogGroupName: LOG_GROUP } }];
      const checks = checksOf({ ...prepared, resources }, awsCli(REGION), publicDns.resolver());
      expect(await verdicts(checks, 'stacks')).toEqual([
        'to do: aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name production-cluster && aws cloudformation delete-stack --stack-name production-cluster, and see in its events what stops that (production-cluster is in ROLLBACK_FAILED)',
      ]);
      expect(await verdicts(checks, 'names')).toEqual([
        matching(
          /^to do: aws logs delete-log-group --log-group-name \/aws\/eks\/eksdemo1\/cluster, if it is left over/,
        ),
      ]);
    },
    TIMEOUT_MS,
  );

  it.each([
    ['ec2', 'zones', 'DescribeAvailabilityZones', 'UnauthorizedOperation'],
    ['iam', 'service-linked', 'ListRoles', 'AccessDenied'],
    ['service-quotas', 'quota of VPCs', 'GetServiceQuota', 'AccessDeniedException'],
    ['sesv2', 'SES', 'GET /v2/email/account', 'AccessDeniedException'],
    ['route53', 'hosted zone', 'GET /2013-04-01/hostedzone/Z0000000000EXAMPLE', 'AccessDenied'],
  ])(
    'does not check what %s denies',
    async (service, title, operation, error) => {
      front.answers = {};
      front.denied = [operation];
      const checks = checksOf(prepared, awsCli(REGION), publicDns.resolver());
      expect(await verdicts(checks, title)).toEqual([
        matching(new RegExp(`^not checked: aws ${service} \\S+: ${error}$`)),
      ]);
      front.denied = [];
    },
    TIMEOUT_MS,
  );

  async function run(plan: Plan): Promise<{ code: number; lines: string[] }> {
    const lines: string[] = [];
    const code = await examine(plan, {
      ask: awsCli(plan.config.region),
      publicDns: publicDns.resolver(),
      print: (line) => void lines.push(line),
    });
    return { code, lines };
  }

  /** What a deployment finds in its way: of nobody, of another configuration, and of its own. */
  function putInTheWay(): void {
    const aws = (...words: string[]) => emulator.aws('--region', ANOTHER_REGION, ...words);
    aws('logs', 'create-log-group', '--log-group-name', '/aws/eks/eksdemo1/cluster');
    aws('ecr', 'create-repository', '--repository-name', 'usermgmt/notification');
    for (let index = 1; index < 5; index += 1) aws('ec2', 'create-vpc', '--cidr-block', `10.${index}.0.0/16`);
    const stack = (name: string, configuration: string, resource: object) => {
      const file = join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify({ Resources: { One: resource } }));
      // prettier-ignore
      aws('cloudformation', 'create-stack', '--stack-name', name, '--template-body', `file://${file}`, '--tags', `Key=usermgmt:configuration,Value=${configuration}`);
    };
    const topic = (TopicName: string) => ({ Type: 'AWS::SNS::Topic', Properties: { TopicName } });
    stack('other-monitoring', 'other', topic('eks-alerts'));
    stack('mine-mail', 'mine', topic('mine-bounces'));
    const LogGroupName = '/aws/containerinsights/eksdemo1/host';
    stack('mine-addons', 'mine', { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName } });
  }
});

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** Answers as AWS's documentation has them, of an account in which everything is as the plan needs it. */
function whatIsOffered({ addons, clusters, databases, builds, config }: Plan): Record<string, Answer> {
  return {
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    SimulatePrincipalPolicy: simulation('allowed'),
    // https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeClusterVersions.html
    'GET /cluster-versions': {
      clusterVersions: clusters.map(({ Version }) => ({
        clusterVersion: Version,
        versionStatus: 'STANDARD_SUPPORT',
      })),
    },
    // https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddonVersions.html
    'GET /addons/supported-versions': {
      addons: addons.map(({ AddonName, AddonVersion }) => ({
        addonName: AddonName,
        addonVersions: [{ addonVersion: 'v0.0.1-eksbuild.1' }, { addonVersion: AddonVersion }],
      })),
    },
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBEngineVersions.html
    DescribeDBEngineVersions: engineVersions(databases.map(({ EngineVersion }) => EngineVersion)),
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_OrderableDBInstanceOption.html
    DescribeOrderableDBInstanceOptions: orderable(config.network.zones),
    // https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListCuratedEnvironmentImages.html
    ListCuratedEnvironmentImages: {
      platforms: [
        {
          platform: 'AMAZON_LINUX_2',
          languages: [{ language: 'STANDARD', images: builds.map(({ Image }) => ({ name: Image })) }],
        },
      ],
    },
    ...serviceQuotas(64),
    // https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html
    'GET /v2/email/account': {
      EnforcementStatus: 'HEALTHY',
      ProductionAccessEnabled: true,
      SendingEnabled: true,
      SendQuota: { Max24HourSend: 50_000, MaxSendRate: 14, SentLast24Hours: 0 },
    },
    // https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_GetConnection.html
    GetConnection: { Connection: { ConnectionStatus: 'AVAILABLE' } },
    // https://docs.aws.amazon.com/codestar-notifications/latest/APIReference/API_ListNotificationRules.html
    'POST /listNotificationRules': { NotificationRules: [] },
  };
}

/** Answers of a new account, to which AWS offers other versions. */
function whatIsMissing(): Record<string, Answer> {
  return {
    SimulatePrincipalPolicy: simulation('implicitDeny'),
    'GET /cluster-versions': {
      clusterVersions: [
        { clusterVersion: '1.99', versionStatus: 'STANDARD_SUPPORT' },
        { clusterVersion: '1.36', versionStatus: 'UNSUPPORTED' },
      ],
    },
    'GET /addons/supported-versions': { addons: [] },
    DescribeDBEngineVersions: engineVersions(['9.9.9']),
    DescribeOrderableDBInstanceOptions: orderable(['us-west-2d']),
    ListCuratedEnvironmentImages: { platforms: [] },
    ...serviceQuotas(0),
    'GET /v2/email/account': {
      EnforcementStatus: 'HEALTHY',
      ProductionAccessEnabled: false,
      SendingEnabled: true,
      SendQuota: { Max24HourSend: 200, MaxSendRate: 1, SentLast24Hours: 0 },
    },
    'POST /listNotificationRules': { NotificationRules: [] },
  };
}

const LOG_GROUP = '/aws/eks/eksdemo1/cluster';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
const rolledBack = (name: string): string =>
  `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><StackStatus>ROLLBACK_FAILED</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><EnableTerminationProtection>true</EnableTerminationProtection></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html */
const leftBehind = (): string =>
  `<ListStackResourcesResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ListStackResourcesResult><StackResourceSummaries><member><LogicalResourceId>ControlPlaneLogs</LogicalResourceId><PhysicalResourceId>${LOG_GROUP}</PhysicalResourceId><ResourceType>AWS::Logs::LogGroup</ResourceType><ResourceStatus>DELETE_SKIPPED</ResourceStatus><LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member><member><LogicalResourceId>Cluster</LogicalResourceId><ResourceType>AWS::EKS::Cluster</ResourceType><ResourceStatus>DELETE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member></StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`;

const simulation = (decision: string): string =>
  `<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults><member><EvalActionName>s3:CreateBucket</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>${decision}</EvalDecision></member></EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`;

const engineVersions = (versions: string[]): string =>
  `<DescribeDBEngineVersionsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBEngineVersionsResult><DBEngineVersions>${versions
    .map((version) => `<DBEngineVersion><EngineVersion>${version}</EngineVersion></DBEngineVersion>`)
    .join('')}</DBEngineVersions></DescribeDBEngineVersionsResult></DescribeDBEngineVersionsResponse>`;

/** On gp3, and on gp2 in all zones of us-west-2. */
const orderable = (zones: string[]): string => {
  const option = (storage: string, names: string[]) =>
    `<OrderableDBInstanceOption><AvailabilityZones>${names
      .map((name) => `<AvailabilityZone><Name>${name}</Name></AvailabilityZone>`)
      .join(
        '',
      )}</AvailabilityZones><StorageType>${storage}</StorageType><MultiAZCapable>true</MultiAZCapable></OrderableDBInstanceOption>`;
  return `<DescribeOrderableDBInstanceOptionsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeOrderableDBInstanceOptionsResult><OrderableDBInstanceOptions>${option('gp3', zones)}${option('gp2', ['us-west-2a', 'us-west-2b', 'us-west-2c'])}</OrderableDBInstanceOptions></DescribeOrderableDBInstanceOptionsResult></DescribeOrderableDBInstanceOptionsResponse>`;
};

/** The emulator has the quotas of VPCs. https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ServiceQuota.html */
function serviceQuotas(value: number): Record<string, Answer> {
  return {
    GetServiceQuota: (body) =>
      body.includes('"vpc"')
        ? undefined
        : { Quota: { QuotaCode: 'L-1', QuotaName: 'Something', Value: value } },
    ListServiceQuotas: {
      // https://docs.aws.amazon.com/general/latest/gr/codebuild.html
      Quotas: ['ARM/Large', 'ARM/Small', 'Linux/Large', 'Linux/Small'].map((kind, index) => ({
        QuotaCode: `L-${index}`,
        QuotaName: `Concurrently running builds for ${kind} environment`,
        Value: value,
      })),
    },
  };
}
