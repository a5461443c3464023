import type { Need } from './verdict.ts';

/** A call of AWS, as it arrives. */
export interface AwsRequest {
  /** As in the signature: `ecr`. */
  service: string;
  region: string;
  method: string;
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

type Parameters = Record<string, string>;
type Arn = (rest: string) => string;

/** Resources and conditions by which AWS authorizes each call: service authorization reference, one page a service. */
const NEEDS: Record<string, (parameters: Parameters, arn: Arn) => Omit<Need, 'action'>[]> = {
  // CloudFormation adds an id to the name.
  'cloudformation:DescribeStacks': ({ StackName }, arn) => [
    {
      resource: arn(`cloudformation:REGION:ACCOUNT:stack/${StackName}/00000000-0000-0000-0000-000000000000`),
    },
  ],
  'eks:DescribeCluster': ({ name }, arn) => [{ resource: arn(`eks:REGION:ACCOUNT:cluster/${name}`) }],
  'ecr:DescribeImageScanFindings': ({ repositoryName }, arn) => [
    { resource: arn(`ecr:REGION:ACCOUNT:repository/${repositoryName}`) },
  ],
  'ecr:GetAuthorizationToken': () => [{ resource: '*' }],
  'route53:ChangeResourceRecordSets': ({ zone }) => [{ resource: `arn:aws:route53:::hostedzone/${zone}` }],
  'route53:ListHostedZones': () => [{ resource: '*' }],
  'route53:ListResourceRecordSets': ({ zone }) => [{ resource: `arn:aws:route53:::hostedzone/${zone}` }],
  'ses:SendEmail': mailNeeds,
  'secretsmanager:GetSecretValue': ({ SecretId = '' }) => [{ resource: SecretId }],
};

/**
 * What a mail needs while SES is in its sandbox, where the identities of the recipients are authorized as well as that of
 * the sender: https://github.com/aws/aws-sdk-js/issues/3641. The sender's is taken to be the address, though it may be its
 * domain: a policy that allows all recipients allows either.
 */
function mailNeeds(parameters: Parameters, arn: Arn): Omit<Need, 'action'>[] {
  const { Source = '', ConfigurationSetName } = parameters;
  const recipients = Object.keys(parameters)
    .filter((name) => name.startsWith('Destination.'))
    .map((name) => parameters[name]);
  const resources = [Source, ...recipients].map((address) => `identity/${address}`);
  if (ConfigurationSetName !== undefined) resources.push(`configuration-set/${ConfigurationSetName}`);
  return resources.map((resource) => ({
    resource: arn(`ses:REGION:ACCOUNT:${resource}`),
    context: { 'ses:FromAddress': Source },
  }));
}

/** The REST APIs that are called: method and path, and the operation. */
const PATHS: [string, RegExp, string][] = [
  ['eks', /^GET \/clusters\/(?<name>[^/?]+)$/, 'DescribeCluster'],
  ['route53', /^GET \/2013-04-01\/hostedzone(\?|$)/, 'ListHostedZones'],
  ['route53', /^GET \/2013-04-01\/hostedzone\/(?<zone>\w+)\/rrset/, 'ListResourceRecordSets'],
  ['route53', /^POST \/2013-04-01\/hostedzone\/(?<zone>\w+)\/rrset/, 'ChangeResourceRecordSets'],
];

/**
 * What the caller must be allowed for a call.
 *
 * @throws {Error} if nothing here says it
 */
export function needsOf(request: AwsRequest, account: string): Need[] {
  const { operation, parameters } = operationOf(request);
  const action = `${request.service}:${operation}`;
  const needs = NEEDS[action];
  if (needs === undefined) throw new Error(`needs.ts does not say by what AWS authorizes ${action}`);
  const arn: Arn = (rest) => `arn:aws:${rest.replace('REGION', request.region).replace('ACCOUNT', account)}`;
  return needs(parameters, arn).map((need) => ({ action, ...need }));
}

function operationOf({ service, method, path, headers, body }: AwsRequest): {
  operation: string;
  parameters: Parameters;
} {
  const target = headers['x-amz-target'];
  if (typeof target === 'string')
    return { operation: target.split('.').at(-1) ?? '', parameters: JSON.parse(body) as Parameters };
  for (const [of, pattern, operation] of PATHS) {
    const found = of === service && pattern.exec(`${method} ${path}`);
    if (found) return { operation, parameters: { ...found.groups } };
  }
  const { Action: operation, ...parameters } = Object.fromEntries(new URLSearchParams(body));
  if (operation === undefined) throw new Error(`needs.ts does not know ${service} ${method} ${path}`);
  return { operation, parameters };
}
