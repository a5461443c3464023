import { CfnOutput, Stack, Tags, type StackProps } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogMaxAggregationInterval,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { MOST_ZONES, type Config } from './config/config.ts';
import { justifyRights } from './justify-rights.ts';
import { logGroup } from './log-group.ts';

const INTERFACES = {
  ecr: [InterfaceVpcEndpointAwsService.ECR, InterfaceVpcEndpointAwsService.ECR_DOCKER],
  sts: [InterfaceVpcEndpointAwsService.STS],
  logs: [InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS],
  ses: [InterfaceVpcEndpointAwsService.EMAIL],
  'secrets-manager': [InterfaceVpcEndpointAwsService.SECRETS_MANAGER],
};

/** The VPC: load balancers in public subnets, everything else in private ones, and a record of who spoke to whom. */
export class NetworkStack extends Stack {
  readonly vpc: Vpc;

  constructor(scope: Construct, id: string, config: Config, props: StackProps) {
    super(scope, id, props);
    const { network } = config;
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(network.cidr),
      maxAzs: network.zones.length,
      // Room for the third zone: added later, it must not move the subnets that exist.
      reservedAzs: MOST_ZONES - network.zones.length,
      natGateways: network.natGateways === 'one' ? 1 : network.zones.length,
      subnetConfiguration: [
        {
          name: 'public',
          subnetType: SubnetType.PUBLIC,
          cidrMask: 22,
          // EKS makes no nodes in a public subnet that does not do so.
          mapPublicIpOnLaunch: config.cluster.publicNodes !== undefined,
        },
        { name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 19 },
        { name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      restrictDefaultSecurityGroup: true,
    });
    // All or none of the subnets: the load balancer controller ignores the rest once one is tagged.
    for (const subnet of this.vpc.publicSubnets) Tags.of(subnet).add('kubernetes.io/role/elb', '1');
    for (const subnet of this.vpc.privateSubnets) Tags.of(subnet).add('kubernetes.io/role/internal-elb', '1');

    const flowLog = this.vpc.addFlowLog('FlowLog', {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup(this, 'Flows', config)),
      maxAggregationInterval: FlowLogMaxAggregationInterval.TEN_MINUTES,
    });
    justifyRights(this.node.findChild('Custom::VpcRestrictDefaultSGCustomResourceProvider'), {
      '*': 'A function of the CDK, which empties the default security group.',
    });
    // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    justifyRights(flowLog, { '*': 'The VPC writes its flow logs; the CDK gives what that takes.' });
    this.addEndpoints(network);
    // An export must not go while another stack, which is deployed later, still imports it.
    const { publicSubnets, privateSubnets, isolatedSubnets } = this.vpc;
    for (const { subnetId } of [...publicSubnets, ...privateSubnets, ...isolatedSubnets])
      this.exportValue(subnetId);
    new CfnOutput(this, 'VpcCidr', { value: network.cidr });
    // Where internet-facing load balancers are.
    new CfnOutput(this, 'PublicSubnetCidrs', {
      value: publicSubnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock).join(),
    });
  }

  private addEndpoints({ endpoints, cidr }: Config['network']): void {
    if (endpoints.includes('s3')) {
      this.vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
    }
    const services = endpoints.filter((name) => name !== 's3').flatMap((name) => INTERFACES[name]);
    if (services.length === 0) return;
    const inside = new SecurityGroup(this, 'Endpoints', {
      vpc: this.vpc,
      description: 'HTTPS from inside the VPC to the endpoints of AWS services',
      allowAllOutbound: false,
    });
    inside.addIngressRule(Peer.ipv4(cidr), Port.tcp(443), 'HTTPS from inside the VPC');
    for (const service of services) {
      this.vpc.addInterfaceEndpoint(service.shortName, { service, open: false, securityGroups: [inside] });
    }
  }
}
