import type { ConfigInput } from '../../../lib/config/config.ts';
import { RIGHTS } from '../../../lib/justify-rights.ts';
import type { Statement } from '../roles.ts';
import { templatesOf } from '../templates.ts';

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
  Metadata?: Record<string, unknown>;
}

interface Output {
  Value: unknown;
  Export?: { Name: string };
}

interface Stack {
  id: string;
  Resources: Record<string, Resource>;
  Outputs: Record<string, Output>;
}

/** A role of the templates, with what its policies say once nothing in them is left to CloudFormation. */
export interface Role {
  /** `STACK/LOGICAL ID`. */
  name: string;
  arn: string;
  description: string;
  account: string;
  statements: Statement[];
  /** Why no program here uses a right, by patterns of actions (lib/justify-rights.ts). */
  justified: Record<string, string>;
}

/** What CodeBuild runs a buildspec with. */
export interface Project {
  role: Role;
  /** Plain values, by their names. */
  variables: Record<string, string>;
  /** ARNs of secrets whose values CodeBuild puts into the environment, by the names of the variables. */
  secrets: Record<string, string>;
}

export interface AccessEntry {
  KubernetesGroups: string[];
  AccessPolicies: { PolicyArn: string; AccessScope: { Type: string; Namespaces?: string[] } }[];
}

/** The property that names a resource; where it is missing, CloudFormation makes up a name. */
const NAMED_BY: Record<string, string> = {
  'AWS::CodeBuild::Project': 'Name',
  'AWS::ECR::Repository': 'RepositoryName',
  'AWS::EKS::Cluster': 'Name',
  'AWS::RDS::DBInstance': 'DBInstanceIdentifier',
  'AWS::SNS::Topic': 'TopicName',
};

/** What follows `arn:aws:` in the ARN of a resource, where NAME is its name. */
const ARNS: Record<string, string> = {
  'AWS::CertificateManager::Certificate': 'acm:REGION:ACCOUNT:certificate/NAME',
  'AWS::CodeBuild::Project': 'codebuild:REGION:ACCOUNT:project/NAME',
  'AWS::ECR::Repository': 'ecr:REGION:ACCOUNT:repository/NAME',
  'AWS::EKS::Cluster': 'eks:REGION:ACCOUNT:cluster/NAME',
  'AWS::IAM::InstanceProfile': 'iam::ACCOUNT:instance-profile/NAME',
  'AWS::IAM::OIDCProvider': 'iam::ACCOUNT:oidc-provider/NAME',
  'AWS::IAM::Role': 'iam::ACCOUNT:role/NAME',
  'AWS::KMS::Key': 'kms:REGION:ACCOUNT:key/NAME',
  'AWS::Lambda::Function': 'lambda:REGION:ACCOUNT:function:NAME',
  'AWS::Logs::LogGroup': 'logs:REGION:ACCOUNT:log-group:NAME:*',
  'AWS::S3::Bucket': 's3:::NAME',
  'AWS::SNS::Topic': 'sns:REGION:ACCOUNT:NAME',
  'AWS::SQS::Queue': 'sqs:REGION:ACCOUNT:NAME',
  // Secrets Manager adds six characters to the name.
  'AWS::SecretsManager::Secret': 'secretsmanager:REGION:ACCOUNT:secret:NAME-a1b2c3',
};

/** Whose `Ref` is the ARN. */
const REF_IS_ARN = [
  'AWS::CertificateManager::Certificate',
  'AWS::IAM::OIDCProvider',
  'AWS::SecretsManager::Secret',
  'AWS::SNS::Topic',
];

/**
 * The stacks of a configuration as if they were deployed: each resource has a name and an ARN, and functions such as
 * `Fn::GetAtt` have values. No account is needed for it.
 */
export class SynthesizedAccount {
  readonly config: ConfigInput;
  private readonly stacks: Stack[];

  constructor(config: ConfigInput) {
    this.config = config;
    this.stacks = Object.entries(templatesOf(config)).map(([id, template]) => {
      const { Resources = {}, Outputs = {} } = template.toJSON() as Partial<Stack>;
      return { id, Resources, Outputs };
    });
  }

  /** The outputs of a stack, without the exports that the CDK makes for other stacks. */
  outputs(stackId: string): Record<string, string> {
    const stack = this.stack(stackId);
    return Object.fromEntries(
      Object.entries(stack.Outputs)
        .filter(([key]) => !key.startsWith('ExportsOutput'))
        .map(([key, { Value }]) => [key, String(this.resolve(stack, Value))]),
    );
  }

  /** All roles; those with policies that AWS keeps only have no statements. */
  get roles(): Role[] {
    return this.stacks.flatMap((stack) => idsOf(stack, 'AWS::IAM::Role').map((id) => this.role(stack, id)));
  }

  /** The role of a service account. */
  podRole(namespace: string, serviceAccount: string): Role {
    const [found, ...more] = this.roles.filter(({ description }) =>
      description.startsWith(`Pods of ${namespace}/${serviceAccount} in `),
    );
    if (found === undefined || more.length > 0)
      throw new Error(`not one role of ${namespace}/${serviceAccount}`);
    return found;
  }

  /** The objects that the stacks apply to the cluster. */
  get manifests(): unknown[] {
    return this.stacks.flatMap((stack) =>
      this.propertiesOf(stack, 'Custom::AWSCDK-EKS-KubernetesResource').flatMap(
        ({ Manifest }) => JSON.parse(Manifest as string) as unknown[],
      ),
    );
  }

  /** What EKS lets a role into the cluster as: groups of Kubernetes, and policies that AWS keeps. */
  accessEntry(role: Role): AccessEntry {
    const found = this.stacks
      .flatMap((stack) => this.propertiesOf(stack, 'AWS::EKS::AccessEntry'))
      .find(({ PrincipalArn }) => PrincipalArn === role.arn);
    if (found === undefined) throw new Error(`${role.name} has no access entry`);
    return found as unknown as AccessEntry;
  }

  /** The project that builds, or that deploys to a namespace. */
  project(name: string): Project {
    const stack = this.stack('pipeline');
    const id = idsOf(stack, 'AWS::CodeBuild::Project').find((each) => this.nameOf(stack, each) === name);
    if (id === undefined) throw new Error(`no project ${name}`);
    const { ServiceRole, Environment } = stack.Resources[id]!.Properties as {
      ServiceRole: { 'Fn::GetAtt': [string] };
      Environment: { EnvironmentVariables: { Name: string; Type: string; Value: unknown }[] };
    };
    const ofType = (type: string) =>
      Object.fromEntries(
        Environment.EnvironmentVariables.filter(({ Type }) => Type === type).map(({ Name, Value }) => [
          Name,
          String(this.resolve(stack, Value)),
        ]),
      );
    return {
      role: this.role(stack, ServiceRole['Fn::GetAtt'][0]),
      variables: ofType('PLAINTEXT'),
      secrets: ofType('SECRETS_MANAGER'),
    };
  }

  /** Resolved, of all resources of a type in a stack. */
  private propertiesOf(stack: Stack, type: string): Record<string, unknown>[] {
    return idsOf(stack, type).map(
      (id) => this.resolve(stack, stack.Resources[id]!.Properties) as Record<string, unknown>,
    );
  }

  private role(stack: Stack, id: string): Role {
    const own = stack.Resources[id]?.Properties as { Description?: unknown; Policies?: Policy[] };
    const attached = idsOf(stack, 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
      .map((policy) => stack.Resources[policy]!.Properties as unknown as Policy)
      .filter(({ Roles }) => JSON.stringify(Roles ?? []).includes(`"${id}"`));
    const policies = [...(own.Policies ?? []), ...attached];
    return {
      name: `${stack.id}/${id}`,
      arn: this.attribute(stack, id, 'Arn'),
      description: String(this.resolve(stack, own.Description ?? '')),
      account: this.config.account,
      justified: (stack.Resources[id]?.Metadata?.[RIGHTS] ?? {}) as Role['justified'],
      statements: policies.flatMap(
        ({ PolicyDocument }) => this.resolve(stack, PolicyDocument.Statement) as Statement[],
      ),
    };
  }

  private stack(id: string): Stack {
    const found = this.stacks.find((stack) => stack.id === id);
    if (found === undefined) throw new Error(`no stack ${id}`);
    return found;
  }

  /** A value of a template as CloudFormation hands it to a service. */
  private resolve(stack: Stack, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.resolve(stack, each));
    if (typeof value !== 'object' || value === null) return value;
    const [first, ...more] = Object.entries(value);
    const [name, argument] = first ?? ['', undefined];
    if (more.length === 0 && (name === 'Ref' || name.startsWith('Fn::')))
      return this.call(stack, name, name === 'Ref' ? argument : this.resolve(stack, argument));
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.resolve(stack, each)]));
  }

  /** @throws {Error} if the templates begin to use another function: a guess would be believed */
  private call(stack: Stack, name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return this.ref(stack, argument as string);
      case 'Fn::GetAtt':
        return this.attribute(stack, ...(argument as [string, string]));
      case 'Fn::ImportValue':
        return this.imported(argument as string);
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, string[]];
        return parts.join(separator);
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, string];
        return text.split(separator);
      }
      case 'Fn::Select': {
        const [index, list] = argument as [string, string[]];
        return list[Number(index)];
      }
      default:
        throw new Error(`${name} in the stack ${stack.id}`);
    }
  }

  private ref(stack: Stack, id: string): string {
    const pseudo: Record<string, string> = {
      'AWS::AccountId': this.config.account,
      'AWS::Partition': 'aws',
      'AWS::Region': this.config.region,
      'AWS::URLSuffix': 'amazonaws.com',
    };
    const type = stack.Resources[id]?.Type;
    if (type !== undefined && REF_IS_ARN.includes(type)) return this.attribute(stack, id, 'Arn');
    return pseudo[id] ?? this.nameOf(stack, id);
  }

  private attribute(stack: Stack, id: string, attribute: string): string {
    const type = stack.Resources[id]?.Type ?? '';
    const name = this.nameOf(stack, id);
    // RDS names the secret that it makes: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    if (attribute === 'MasterUserSecret.SecretArn')
      return this.arn(`secretsmanager:REGION:ACCOUNT:secret:rds!db-${name}-a1b2c3`);
    if (attribute !== 'Arn') return `${name}.${attribute}`.toLowerCase();
    const arn = ARNS[type];
    if (arn === undefined) throw new Error(`the ARN of ${type} is not known`);
    return this.arn(arn.replace('NAME', name));
  }

  private arn(rest: string): string {
    const { region, account } = this.config;
    return `arn:aws:${rest.replace('REGION', region).replace('ACCOUNT', account)}`;
  }

  private imported(exportName: string): unknown {
    for (const stack of this.stacks)
      for (const { Export, Value } of Object.values(stack.Outputs))
        if (Export?.Name === exportName) return this.resolve(stack, Value);
    throw new Error(`no stack exports ${exportName}`);
  }

  private nameOf(stack: Stack, id: string): string {
    const { Type = '', Properties = {} } = stack.Resources[id] ?? {};
    const named = Properties[NAMED_BY[Type] ?? ''];
    return named === undefined ? `${this.config.name}-${stack.id}-${id}` : String(this.resolve(stack, named));
  }
}

interface Policy {
  PolicyDocument: { Statement: unknown };
  Roles?: unknown;
}

function idsOf({ Resources }: Stack, ...types: string[]): string[] {
  return Object.keys(Resources).filter((id) => types.includes(Resources[id]!.Type));
}
