import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { InstanceType, Port, SubnetType, type ISecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  DatabaseInstanceReadReplica,
  MysqlEngineVersion,
  ParameterGroup,
  StorageType,
  type IDatabaseInstance,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Config } from './config/config.ts';
import { justify } from './justify.ts';
import { logGroup } from './log-group.ts';
import { signingKeys } from './signing-keys.ts';

const ENGINE = DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_4_9 });
const PORT = 3306;
const USERNAME = 'dbadmin';
const LOGS = ['error', 'slowquery'];

export interface DataStackProps extends StackProps {
  vpc: IVpc;
  /** The security group of the cluster's nodes and pods. */
  clients: ISecurityGroup;
}

/** RDS for MySQL: private, encrypted, reached by the cluster's pods only and with TLS only. */
export class DataStack extends Stack {
  readonly instance: DatabaseInstance;
  readonly replica: DatabaseInstanceReadReplica | undefined;
  /** User name and password; RDS makes and rotates it, every seven days unless told otherwise. */
  readonly secret: ISecret;
  /** Of the namespaces that issue tokens. */
  readonly signingKeys: readonly ISecret[];

  constructor(scope: Construct, id: string, config: Config, props: DataStackProps) {
    super(scope, id, props);
    const { database } = config;
    const isKept = config.data === 'keep';
    const shared = {
      vpc: props.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      instanceType: new InstanceType(database.instanceType),
      storageType: StorageType.GP3,
      deletionProtection: isKept,
      removalPolicy: isKept ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY,
      autoMinorVersionUpgrade: true,
      enablePerformanceInsights: database.performanceInsights,
      cloudwatchLogsExports: LOGS,
    };
    const parameters = new ParameterGroup(this, 'Parameters', {
      engine: ENGINE,
      description: 'TLS only, slow queries logged',
      parameters: { require_secure_transport: 'ON', slow_query_log: '1', long_query_time: '1' },
    });
    const name = `${config.name}-usermgmtdb`;
    this.instance = new DatabaseInstance(this, 'Database', {
      ...shared,
      instanceIdentifier: name,
      engine: ENGINE,
      parameterGroup: parameters,
      storageEncrypted: true,
      port: PORT,
      databaseName: 'usermgmt',
      credentials: Credentials.fromUsername(USERNAME),
      manageMasterUserPassword: true,
      allocatedStorage: database.storageGib,
      maxAllocatedStorage: database.maxStorageGib,
      multiAz: database.multiAz,
      backupRetention: Duration.days(database.backupDays),
      copyTagsToSnapshot: true,
    });
    this.addLogGroups(this.instance, name, config);
    this.instance.connections.allowFrom(props.clients, Port.tcp(PORT), 'MySQL from nodes and pods');
    if (this.instance.secret === undefined) throw new Error('RDS was to make a secret');
    this.secret = this.instance.secret;
    this.signingKeys = signingKeys(this, config);
    this.replica = database.readReplica
      ? new DatabaseInstanceReadReplica(this, 'Replica', {
          ...shared,
          instanceIdentifier: `${name}-replica`,
          sourceDatabaseInstance: this.instance,
          parameterGroup: parameters,
          port: PORT,
        })
      : undefined;
    if (this.replica) {
      this.addLogGroups(this.replica, `${name}-replica`, config);
      this.replica.connections.allowFrom(props.clients, Port.tcp(PORT), 'MySQL from nodes and pods');
    }
    this.justifyFindings(config);
    new CfnOutput(this, 'DbUsername', { value: USERNAME });
    new CfnOutput(this, 'RdsEndpoint', { value: this.instance.dbInstanceEndpointAddress });
    new CfnOutput(this, 'DbSecretArn', { value: this.secret.secretArn });
  }

  /** RDS would make them itself, and keep them for ever. */
  private addLogGroups(instance: IDatabaseInstance, name: string, config: Config): void {
    for (const log of LOGS) {
      instance.node.addDependency(
        logGroup(this, `${name}-${log}`, config, `/aws/rds/instance/${name}/${log}`),
      );
    }
  }

  private justifyFindings({ data, database }: Config): void {
    justify(this, {
      'AwsSolutions-RDS11': 'The port of MySQL: only the cluster reaches it, and another one hides nothing.',
    });
    if (!database.multiAz) {
      justify(this.instance, { 'AwsSolutions-RDS3': 'This configuration is to be cheap: one zone.' });
    }
    if (this.replica) {
      justify(this.replica, {
        'AwsSolutions-RDS2':
          'A replica is encrypted as its source is; CloudFormation wants it not said again.',
        'AwsSolutions-RDS3': 'It is the second instance itself.',
      });
    }
    if (data === 'throw-away') {
      justify(this, { 'AwsSolutions-RDS10': 'Nothing is to be kept in this configuration.' });
    }
  }
}
