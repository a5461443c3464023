import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { PublicHostedZone, type IPublicHostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { DnsConfig } from './config/dns.ts';

/** The zone that is there already, and a certificate for all names directly in it. */
export class DnsStack extends Stack {
  readonly zone: IPublicHostedZone;

  constructor(scope: Construct, id: string, { zoneId, zoneName, host }: DnsConfig, props: StackProps) {
    super(scope, id, props);
    this.zone = PublicHostedZone.fromPublicHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: zoneId,
      zoneName,
    });
    const certificate = new Certificate(this, 'Certificate', {
      domainName: `*.${zoneName}`,
      subjectAlternativeNames: [zoneName],
      validation: CertificateValidation.fromDns(this.zone),
    });
    new CfnOutput(this, 'DnsNames', { value: host });
    new CfnOutput(this, 'CertificateArn', { value: certificate.certificateArn });
  }
}
