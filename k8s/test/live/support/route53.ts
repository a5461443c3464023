import { spawn } from 'node:child_process';
import { freePort } from '@usermgmt/testing/free-port';
import { waitFor } from '@usermgmt/testing/wait';

/** A record set: `A ums.example.com → k8s-….elb.amazonaws.com`. */
export interface DnsRecord {
  name: string;
  type: string;
  /** Where an alias points to, or the texts. */
  values: string[];
}

/** Route 53 as moto acts it: `pip install 'moto[server]'`. */
export interface Route53 {
  /** What AWS_ENDPOINT_URL must be. */
  url: string;
  records(): Promise<DnsRecord[]>;
  stop(): Promise<void>;
}

/** moto finds out from the signature which service is meant, and does not check it. */
const SIGNATURE =
  'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=0';

/** Starts it with one hosted zone. */
export async function startRoute53(zone: string): Promise<Route53> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn('moto_server', ['--port', String(port)], { stdio: 'ignore' });
  const call = async (path: string, body?: string): Promise<string> => {
    const method = body === undefined ? 'GET' : 'POST';
    const response = await fetch(`${url}/2013-04-01/${path}`, {
      method,
      headers: { authorization: SIGNATURE },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  };
  const created = await waitFor('moto', () =>
    call(
      'hostedzone',
      `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>${zone}</Name><CallerReference>test</CallerReference></CreateHostedZoneRequest>`,
    ),
  );
  const id = /<Id>\/hostedzone\/(\w+)<\/Id>/.exec(created)?.[1];
  return {
    url,
    async records() {
      const xml = await call(`hostedzone/${id}/rrset`);
      return [...xml.matchAll(/<ResourceRecordSet>([\s\S]*?)<\/ResourceRecordSet>/g)].map(([, set = '']) => ({
        name: valuesIn(set, 'Name')[0]?.replace(/\.$/, '') ?? '',
        type: valuesIn(set, 'Type')[0] ?? '',
        values: [...valuesIn(set, 'Value'), ...valuesIn(set, 'DNSName')].map((value) =>
          value.replace(/\.$/, ''),
        ),
      }));
    },
    stop() {
      server.kill();
      return Promise.resolve();
    },
  };
}

const valuesIn = (xml: string, tag: string): string[] =>
  [...xml.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, 'g'))].map(([, value = '']) => value);
