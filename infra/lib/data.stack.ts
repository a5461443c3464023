import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { InstanceType, Port, SubnetType, type ISecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  Credentials,
  DatabaseInstance,
  DatabaseInstanceEngine,
  MysqlEngineVersion,
  ParameterGroup,
  StorageType,
} from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Config } from './config/config.ts';
import { justify } from './justify.ts';
import { logGroup } from './log-group.ts';

const ENGINE = DatabaseInstanceEngine.mysql({ version: MysqlEngineVersion.VER_8_4_9 });
const PORT = 3306;
const USERNAME = 'dbadmin';
const LOGS = ['error', 'slowquery'];
const PARAMETERS = {
  // 0 or 1 for instances; ON and OFF are the spelling of Aurora:
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.require-ssl.html
  require_secure_transport: '1',
  slow_query_log: '1',
  long_query_time: '1',
  // The default, TABLE, exports nothing to CloudWatch Logs:
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.MySQLDB.PublishtoCloudWatchLogs.html
  log_output: 'FILE',
};

export interface DataStackProps extends StackProps {
  vpc: IVpc;
  /** The security group of the cluster's nodes and pods. */
  clients: ISecurityGroup;
}

/** RDS for MySQL: private, encrypted, reached by the cluster's pods only and with TLS only. */
export class DataStack extends Stack {
  readonly instance: DatabaseInstance;
  /** User name and password of the master user; RDS makes and rotates it, every seven days unless told otherwise. */
  readonly secret: ISecret;

  constructor(scope: Construct, id: string, config: Config, props: DataStackProps) {
    super(scope, id, props);
    const { database } = config;
    const isKept = config.data === 'keep';
    const parameters = new ParameterGroup(this, 'Parameters', {
      engine: ENGINE,
      description: 'TLS only, slow queries logged',
      parameters: PARAMETERS,
    });
    const name = `${config.name}-usermgmtdb`;
    this.instance = new DatabaseInstance(this, 'Database', {
      instanceIdentifier: name,
      vpc: props.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      instanceType: new InstanceType(database.instanceType),
      engine: ENGINE,
      parameterGroup: parameters,
      storageType: StorageType.GP3,
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
      deletionProtection: isKept,
      removalPolicy: isKept ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY,
      autoMinorVersionUpgrade: true,
      enablePerformanceInsights: database.performanceInsights,
      cloudwatchLogsExports: LOGS,
    });
    this.addLogGroups(name, config);
    this.instance.connections.allowFrom(props.clients, Port.tcp(PORT), 'MySQL from nodes and pods');
    if (this.instance.secret === undefined) throw new Error('RDS was to make a secret');
    this.secret = this.instance.secret;
    // Also where no namespace uses it any more: an export that another stack still imports cannot be taken away.
    this.exportValue(this.secret.secretArn);
    this.justifyFindings(config);
    new CfnOutput(this, 'DbAdminUsername', { value: USERNAME });
    new CfnOutput(this, 'RdsEndpoint', { value: this.instance.dbInstanceEndpointAddress });
    new CfnOutput(this, 'DbAdminSecretArn', { value: this.secret.secretArn });
  }

  /** RDS would make them itself, and keep them for ever. */
  private addLogGroups(name: string, config: Config): void {
    for (const log of LOGS) {
      this.instance.node.addDependency(
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
    if (data === 'throw-away') {
      justify(this, { 'AwsSolutions-RDS10': 'Nothing is to be kept in this configuration.' });
    }
  }
}
