import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import {
  BuildEnvironmentVariableType,
  BuildSpec,
  LinuxBuildImage,
  PipelineProject,
  type BuildEnvironmentVariable,
} from 'aws-cdk-lib/aws-codebuild';
import { Port, SecurityGroup, SubnetType, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { CfnAccessEntry, type Cluster } from 'aws-cdk-lib/aws-eks-v2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { SETTINGS_STACKS } from '../../../pipeline/settings-stacks.mjs';
import type { Config } from '../config/config.ts';
import type { StageConfig } from '../config/pipeline.ts';
import { deployersOf } from '../deployer-rights.ts';
import { justify, wildcards } from '../justify.ts';
import { justifyRights } from '../justify-rights.ts';
import { logGroup } from '../log-group.ts';
import { removalPolicy } from '../removal-policy.ts';
import { justifyProject } from './justify-project.ts';

/** What buildspec-deploy.yml runs in: rights in one namespace of the cluster, reached from inside the VPC. */
export function deployProject(
  scope: Construct,
  config: Config,
  stageName: string,
  { overlay, namespace, host }: StageConfig,
  { cluster, vpc }: { cluster: Cluster; vpc: IVpc },
): PipelineProject {
  const securityGroup = new SecurityGroup(scope, `${stageName}Deployer`, {
    vpc,
    description: `Deploys to ${namespace}`,
  });
  // Imported, so that the rule belongs to this stack and goes with it.
  SecurityGroup.fromSecurityGroupId(
    scope,
    `${stageName}ApiServer`,
    cluster.clusterSecurityGroupId,
  ).addIngressRule(securityGroup, Port.tcp(443), `API server, from the deployment to ${namespace}`);
  const logs = logGroup(scope, `${stageName}Logs`, config);
  // Of production DeployLogGroup, of staging DeployStagingLogGroup.
  const output = `Deploy${stageName === 'Production' ? '' : stageName}LogGroup`;
  new CfnOutput(scope, output, { value: logs.logGroupName });
  const project = new PipelineProject(scope, `Deploy${stageName}`, {
    projectName: `deploy-eks-devops-${namespace}`,
    description: `Deploys the images of a commit to the namespace ${namespace}`,
    buildSpec: BuildSpec.fromSourceFilename('buildspec-deploy.yml'),
    environment: { buildImage: LinuxBuildImage.AMAZON_LINUX_2023_6 },
    environmentVariables: {
      CONFIGURATION: { value: config.name },
      CLUSTER_NAME: { value: cluster.clusterName },
      NAMESPACE: { value: namespace },
      OVERLAY: { value: overlay },
      HOST: { value: host },
      DNS_NAMES: { value: host },
      ...passwords(scope, config, stageName, namespace),
    },
    vpc,
    subnetSelection: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    securityGroups: [securityGroup],
    grantReportGroupPermissions: false,
    timeout: Duration.minutes(30),
    queuedTimeout: Duration.hours(8),
    logging: { cloudWatch: { logGroup: logs } },
  });
  const stacks = SETTINGS_STACKS.map((name) =>
    Stack.of(scope).formatArn({
      service: 'cloudformation',
      resource: 'stack',
      resourceName: `${config.name}-${name}/*`,
    }),
  );
  project.addToRolePolicy(
    new PolicyStatement({ actions: ['eks:DescribeCluster'], resources: [cluster.clusterArn] }),
  );
  project.addToRolePolicy(
    new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: stacks }),
  );
  new CfnAccessEntry(scope, `${stageName}Access`, {
    clusterName: cluster.clusterName,
    principalArn: project.role?.roleArn ?? '',
    kubernetesGroups: [deployersOf(namespace)],
    accessPolicies: [
      {
        policyArn: `arn:${Stack.of(scope).partition}:eks::aws:cluster-access-policy/AmazonEKSEditPolicy`,
        accessScope: { type: 'namespace', namespaces: [namespace] },
      },
    ],
  });
  justify(project, {
    ...wildcards(stacks, 'CloudFormation adds an id to the name of a stack.'),
    ...wildcards(['*'], 'To look for subnets and network interfaces, which knows no resources.'),
  });
  justifyProject(project);
  justifyRights(project, { 'ec2:*': 'CodeBuild makes a network interface in the VPC for each run.' });
  return project;
}

/** A namespace with a MySQL of its own has passwords of its own: made here, and known to its deployment only. */
function passwords(
  scope: Construct,
  config: Config,
  stageName: string,
  namespace: string,
): Record<string, BuildEnvironmentVariable> {
  const hasOwn = config.cluster.namespaces.some(
    ({ name, database }) => name === namespace && database === 'own',
  );
  if (!hasOwn) return {};
  return Object.fromEntries(
    ['DB_PASSWORD', 'DB_ROOT_PASSWORD'].map((variable) => {
      const secret = new Secret(scope, `${stageName}${variable}`, {
        description: `${variable} of the MySQL in ${namespace}`,
        generateSecretString: { excludePunctuation: true, passwordLength: 32 },
        removalPolicy: removalPolicy(config),
      });
      justify(secret, { 'AwsSolutions-SMG4': 'The database of a rehearsal; its data is made up.' });
      return [variable, { type: BuildEnvironmentVariableType.SECRETS_MANAGER, value: secret.secretArn }];
    }),
  );
}
