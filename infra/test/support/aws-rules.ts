/** The resources of a stack, as its template or a deployment has them. */
export type Resources = Record<string, Resource>;

export interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
  DeletionPolicy?: string;
  DependsOn?: string | string[];
}

/** What a service of AWS refuses or never does, though CloudFormation and cfn-lint accept it. */
export interface AwsRule {
  name: string;
  /** The page that says so. */
  source: string;
  /** @returns one sentence for each resource that breaks the rule */
  check: (resources: Resources) => string[];
}

const RDS_GUIDE = 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide';

/** For each fault that a review of the templates found after cfn-lint and cdk-nag had passed them. */
export const AWS_RULES: readonly AwsRule[] = [
  {
    name: 'the storage of a database may grow by 10 % or more',
    source: `${RDS_GUIDE}/USER_PIOPS.Autoscaling.html`,
    check: each('AWS::RDS::DBInstance', ({ AllocatedStorage, MaxAllocatedStorage }) =>
      MaxAllocatedStorage !== undefined && Number(MaxAllocatedStorage) < 1.1 * Number(AllocatedStorage)
        ? `at most ${JSON.stringify(MaxAllocatedStorage)} GiB of ${JSON.stringify(AllocatedStorage)}`
        : undefined,
    ),
  },
  {
    name: 'a MySQL instance takes 0 or 1 for require_secure_transport',
    source: `${RDS_GUIDE}/mysql-ssl-connections.require-ssl.html`,
    check: each('AWS::RDS::DBParameterGroup', ({ Parameters }) => {
      const value = (Parameters as Record<string, string>).require_secure_transport;
      return value === undefined || /^[01]$/.test(value) ? undefined : `require_secure_transport ${value}`;
    }),
  },
  {
    name: 'slow queries reach CloudWatch Logs from a file only',
    source: `${RDS_GUIDE}/USER_LogAccess.MySQLDB.PublishtoCloudWatchLogs.html`,
    check: (resources) => {
      const isExported = ofType(resources, 'AWS::RDS::DBInstance').some(
        ([, { EnableCloudwatchLogsExports }]) =>
          (EnableCloudwatchLogsExports as string[] | undefined)?.includes('slowquery'),
      );
      return ofType(resources, 'AWS::RDS::DBParameterGroup')
        .filter(
          ([, { Parameters }]) => isExported && (Parameters as Record<string, string>).log_output !== 'FILE',
        )
        .map(([id]) => `${id}: log_output is not FILE`);
    },
  },
  {
    name: 'no replica of an instance whose master password RDS manages',
    source: `${RDS_GUIDE}/rds-secrets-manager.html`,
    check: (resources) => {
      const isManaged = ofType(resources, 'AWS::RDS::DBInstance').some(
        ([, { ManageMasterUserPassword }]) => ManageMasterUserPassword === true,
      );
      return ofType(resources, 'AWS::RDS::DBInstance')
        .filter(([, { SourceDBInstanceIdentifier }]) => isManaged && SourceDBInstanceIdentifier !== undefined)
        .map(([id]) => `${id}: a replica`);
    },
  },
  {
    name: 'a create that is rolled back leaves nothing that is in the way of the next one',
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html',
    check: (resources) =>
      Object.entries(resources)
        .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
        .map(([id]) => `${id}: Retain, not RetainExceptOnCreate`),
  },
  {
    name: 'what is replaced by an update has no fixed name',
    source:
      'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-eks-nodegroup.html',
    check: each('AWS::EKS::Nodegroup', ({ NodegroupName }) =>
      NodegroupName === undefined ? undefined : `NodegroupName ${JSON.stringify(NodegroupName)}`,
    ),
  },
  {
    name: 'a connection is used with the action of its own prefix',
    source: 'https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html',
    check: (resources) => {
      const allowed = ofType(resources, 'AWS::IAM::Policy').flatMap(([, { PolicyDocument }]) =>
        (
          PolicyDocument as { Statement: { Action: string | string[]; Resource: unknown }[] }
        ).Statement.flatMap(({ Action, Resource }) =>
          [Action].flat().map((action) => `${action} ${JSON.stringify(Resource)}`),
        ),
      );
      const used = JSON.stringify(
        ofType(resources, 'AWS::CodePipeline::Pipeline').map(([, properties]) => properties),
      ).matchAll(/"ConnectionArn":("arn:[^:]+:([^:]+):[^"]+")/g);
      return [...used].flatMap(([, arn = '', prefix = '']) =>
        allowed.includes(`${prefix}:UseConnection ${arn}`)
          ? []
          : [`${arn}: nobody may ${prefix}:UseConnection`],
      );
    },
  },
  {
    name: 'an approval that nobody answers does not hold up a queue for days',
    source: 'https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html',
    check: each('AWS::CodePipeline::Pipeline', ({ ExecutionMode, Stages }) => {
      const minutes = (
        Stages as { Actions: { ActionTypeId: { Category: string }; TimeoutInMinutes?: number }[] }[]
      )
        .flatMap(({ Actions }) => Actions)
        .filter(({ ActionTypeId }) => ActionTypeId.Category === 'Approval')
        .map(({ TimeoutInMinutes = 7 * 24 * 60 }) => TimeoutInMinutes);
      return ExecutionMode === 'QUEUED' && minutes.some((timeout) => timeout > 24 * 60)
        ? `approvals wait for ${minutes.join(', ')} minutes`
        : undefined;
    }),
  },
  {
    name: 'SES has no interface endpoint in some zones, which are other zones in each account',
    source: 'https://docs.aws.amazon.com/ses/latest/dg/send-email-set-up-vpc-endpoints.html',
    check: each('AWS::EC2::VPCEndpoint', ({ ServiceName }) =>
      JSON.stringify(ServiceName).includes('email-smtp') ? 'an endpoint of SES' : undefined,
    ),
  },
];

/** Of the order in which a template has things made, which a deployment no longer shows. */
export const ORDER_RULES: readonly AwsRule[] = [
  {
    name: 'the load balancer controller, whose webhook sees each Service, comes after the add-ons',
    source:
      'https://github.com/aws-samples/amazon-eks-machine-learning-with-terraform-and-kubeflow/issues/178',
    check: (resources) => {
      const addons = Object.keys(resources).filter((id) => resources[id]!.Type === 'AWS::EKS::Addon');
      return Object.entries(resources)
        .filter(([, { Properties }]) => Properties?.Chart === 'aws-load-balancer-controller')
        .flatMap(([id, { DependsOn = [] }]) =>
          addons
            .filter((addon) => !DependsOn.includes(addon))
            .map((addon) => `${id} does not wait for ${addon}`),
        );
    },
  },
];

/** @returns of each rule that is broken: its name and what breaks it */
export function brokenRules(resources: Resources, rules: readonly AwsRule[] = AWS_RULES): string[] {
  return rules.flatMap(({ name, check }) => check(resources).map((complaint) => `${name}: ${complaint}`));
}

function ofType(resources: Resources, type: string): [string, Record<string, unknown>][] {
  return Object.entries(resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Properties = {} }]) => [id, Properties]);
}

function each(type: string, complain: (properties: Record<string, unknown>) => string | undefined) {
  return (resources: Resources): string[] =>
    ofType(resources, type).flatMap(([id, properties]) => {
      const complaint = complain(properties);
      return complaint === undefined ? [] : [`${id}: ${complaint}`];
    });
}
