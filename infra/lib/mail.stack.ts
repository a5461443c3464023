import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IPublicHostedZone } from 'aws-cdk-lib/aws-route53';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
} from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Config } from './config/config.ts';

/** SES: the one identity that mails are sent from, and topics that tell of what did not arrive. */
export class MailStack extends Stack {
  readonly configurationSetName: string;

  constructor(
    scope: Construct,
    id: string,
    config: Config,
    zone: IPublicHostedZone | undefined,
    props: StackProps,
  ) {
    super(scope, id, props);
    const { identity, reportsTo, from, maxSendRate } = config.mail;
    this.configurationSetName = `${config.name}-mails`;
    const configurationSet = new ConfigurationSet(this, 'Mails', {
      configurationSetName: this.configurationSetName,
      reputationMetrics: true,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
    });
    for (const [name, event] of [
      ['bounces', EmailSendingEvent.BOUNCE],
      ['complaints', EmailSendingEvent.COMPLAINT],
    ] as const) {
      const topic = new Topic(this, name, { topicName: `${config.name}-${name}`, enforceSSL: true });
      topic.addSubscription(new EmailSubscription(reportsTo));
      configurationSet.addEventDestination(`${name}Events`, {
        destination: EventDestination.snsTopic(topic),
        events: [event],
      });
    }
    new EmailIdentity(this, 'Identity', {
      identity: identityOf(identity, zone),
      configurationSet,
    });
    new CfnOutput(this, 'MailFromAddress', { value: from });
    new CfnOutput(this, 'SesMaxSendRate', { value: String(maxSendRate) });
  }
}

/** A domain gets its DKIM records in the zone; an address is confirmed by a mail to it. */
function identityOf(identity: string, zone: IPublicHostedZone | undefined): Identity {
  return zone?.zoneName === identity ? Identity.publicHostedZone(zone) : Identity.email(identity);
}
