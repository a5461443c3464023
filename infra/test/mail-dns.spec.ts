import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import minimal from '../config/minimal.ts';
import production from '../config/production.ts';
import { parseConfig } from '../lib/config/config.ts';
import { templatesOf } from './support/templates.ts';

const large = templatesOf(production);
const small = templatesOf(minimal);

describe('mail', () => {
  it('is signed with DKIM, whose records are in the zone', () => {
    large.mail!.hasResourceProperties('AWS::SES::EmailIdentity', { EmailIdentity: 'example.com' });
    large.mail!.resourceCountIs('AWS::Route53::RecordSet', 3);
    large.mail!.allResourcesProperties('AWS::Route53::RecordSet', {
      Type: 'CNAME',
      HostedZoneId: 'Z0000000000EXAMPLE',
    });
  });

  it('leaves over TLS only, and tells of bounces and complaints', () => {
    large.mail!.hasResourceProperties('AWS::SES::ConfigurationSet', {
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      ReputationOptions: { ReputationMetricsEnabled: true },
    });
    for (const [name, event] of [
      ['production-bounces', 'bounce'],
      ['production-complaints', 'complaint'],
    ]) {
      large.mail!.hasResourceProperties('AWS::SNS::Topic', { TopicName: name });
      large.mail!.hasResourceProperties('AWS::SES::ConfigurationSetEventDestination', {
        EventDestination: { MatchingEventTypes: [event], SnsDestination: Match.anyValue() },
      });
    }
    large.mail!.resourcePropertiesCountIs('AWS::SNS::Subscription', { Protocol: 'email' }, 2);
  });

  it('can be sent from one address where there is no domain', () => {
    small.mail!.hasResourceProperties('AWS::SES::EmailIdentity', { EmailIdentity: 'me@example.com' });
    small.mail!.resourceCountIs('AWS::Route53::RecordSet', 0);
  });

  it('cannot be sent from what is not verified', () => {
    const withMail = (mail: object) => () => parseConfig({ ...minimal, mail: { ...minimal.mail, ...mail } });
    expect(withMail({ from: 'other@example.com' })).toThrow('mail: from is not of the identity');
    expect(withMail({ identity: 'example.com' })).toThrow(
      'mail.identity: example.com is not the zone of dns',
    );
  });
});

describe('names', () => {
  it('have a certificate that is validated in the zone', () => {
    large.dns!.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: '*.example.com',
      SubjectAlternativeNames: ['example.com'],
      ValidationMethod: 'DNS',
      // The wildcard has the record of its domain.
      DomainValidationOptions: [{ DomainName: 'example.com', HostedZoneId: 'Z0000000000EXAMPLE' }],
    });
  });

  it('make no zone, because nobody would ask it', () => {
    large.dns!.resourceCountIs('AWS::Route53::HostedZone', 0);
    expect(small.dns).toBeUndefined();
  });

  it('must be covered by the certificate', () => {
    const dns = { ...production.dns, host: 'a.b.example.com' };
    expect(() => parseConfig({ ...production, dns })).toThrow('dns: host is not directly in the zone');
  });
});
