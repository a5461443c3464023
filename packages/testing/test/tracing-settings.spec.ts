import { lookup } from 'node:dns/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Receiver, startReceiver } from '@usermgmt/local-xray/receiver';
import { type HttpProcess, startNotification } from '../src/process.ts';
import { waitFor } from '../src/wait.ts';

interface Document {
  aws: { ec2?: object; xray: { rule_name?: string } };
  annotations: { route: string };
}

/** A name that has an address of IPv6 only exists where the system's hosts file has it. */
const IPV6 = await lookup('ip6-localhost').then(
  () => ['[::1]', 'ip6-localhost'],
  () => ['[::1]'],
);

const EVERYTHING = '{"version":2,"default":{"fixed_target":1,"rate":1}}';
const NOTHING = '{"version":2,"default":{"fixed_target":0,"rate":0}}';

describe('tracing', () => {
  let receiver: Receiver;
  let service: HttpProcess | undefined;
  let server: Server | undefined;
  beforeEach(async () => {
    receiver = await startReceiver();
    server = undefined;
    service = undefined;
  });
  afterEach(async () => {
    await service?.process.stop('SIGKILL');
    server?.closeAllConnections();
    server?.close();
    await receiver.stop();
  });

  const start = async (environment: Readonly<Record<string, string>>): Promise<void> => {
    service = await startNotification({
      AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${receiver.port}`,
      AWS_XRAY_SAMPLING_RULES: EVERYTHING,
      ...environment,
    });
  };
  const get = async (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${service?.url}/info`, { headers });
  const serve = async (
    answer: (path: string, method: string) => object | string,
    host = '127.0.0.1',
  ): Promise<number> => {
    const started = createServer((request, response) => {
      request.resume();
      const body = answer(request.url ?? '', request.method ?? '');
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(0, host, resolve));
    return (started.address() as AddressInfo).port;
  };
  const documents = (): Document[] => receiver.documents() as unknown as Document[];
  const first = (): Promise<Document> =>
    waitFor('a segment', async () => {
      await get();
      return documents()[0];
    });

  it('is off with AWS_XRAY_SDK_ENABLED=false, and a trace header is still answered', async () => {
    await start({ AWS_XRAY_SDK_ENABLED: 'false' });
    const root = '1-6744a1f0-0123456789abcdef01234567';
    const response = await get({ 'x-amzn-trace-id': `Root=${root};Sampled=1` });
    expect(response.status).toBe(200);
    // It sends what it has before it ends.
    expect(await service?.process.stop()).toBe(0);
    expect(receiver.documents()).toEqual([]);
  });

  it('follows local rules by path', async () => {
    const rules = [{ host: '*', http_method: '*', url_path: '/notification/xray', fixed_target: 0, rate: 0 }];
    await start({
      AWS_XRAY_SAMPLING_RULES: JSON.stringify({ version: 2, rules, default: { fixed_target: 0, rate: 1 } }),
    });
    await fetch(`${service?.url}/xray`);
    await get();
    await waitFor('a segment', () => Promise.resolve(documents().length > 0));
    expect(documents().map(({ annotations }) => annotations.route)).toEqual(['/notification/info']);
  });

  it.each(IPV6)('reaches a daemon that listens on IPv6 only, as %s', async (host) => {
    await receiver.stop();
    receiver = await startReceiver({ host: '::1' });
    await start({ AWS_XRAY_DAEMON_ADDRESS: `${host}:${receiver.port}` });
    expect((await first()).annotations.route).toBe('/notification/info');
  });

  it.each(['127.0.0.1', ...IPV6])('takes the rules of X-Ray from the daemon, at %s', async (host) => {
    const rule = {
      RuleName: 'everything-of-notification',
      RuleARN: 'arn:aws:xray:us-east-1:111122223333:sampling-rule/everything-of-notification',
      ResourceARN: '*',
      Priority: 1,
      FixedRate: 1,
      ReservoirSize: 0,
      ServiceName: 'notification-microservice',
      ServiceType: '*',
      Host: '*',
      HTTPMethod: '*',
      URLPath: '*',
      Version: 1,
      Attributes: {},
    };
    const asked: string[] = [];
    const port = await serve(
      (path) => {
        asked.push(path);
        if (path === '/GetSamplingRules') {
          return { SamplingRuleRecords: [{ CreatedAt: 0, ModifiedAt: 0, SamplingRule: rule }] };
        }
        return { SamplingTargetDocuments: [], LastRuleModification: 0, UnprocessedStatistics: [] };
      },
      host === '127.0.0.1' ? host : '::1',
    );
    await start({
      AWS_XRAY_DAEMON_ADDRESS: `tcp:${host}:${port} udp:127.0.0.1:${receiver.port}`,
      AWS_XRAY_SAMPLING_RULES: NOTHING,
      AWS_XRAY_CENTRAL_SAMPLING: 'true',
    });
    const { aws } = await first();
    expect(aws.xray.rule_name).toBe('everything-of-notification');
    expect(asked).toContain('/GetSamplingRules');
  });

  it('does not ask a daemon for rules unless told to', async () => {
    const asked: string[] = [];
    const port = await serve((path) => {
      asked.push(path);
      return {};
    });
    await start({ AWS_XRAY_DAEMON_ADDRESS: `tcp:127.0.0.1:${port} udp:127.0.0.1:${receiver.port}` });
    await first();
    expect(asked).toEqual([]);
  });

  it('names the instance that it runs on, by IMDSv2, in a cluster only', async () => {
    const asked: string[] = [];
    const port = await serve((path, method) => {
      asked.push(`${method} ${path}`);
      return path === '/latest/api/token'
        ? 'a-token'
        : {
            instanceId: 'i-0123456789abcdef0',
            availabilityZone: 'us-east-1a',
            instanceType: 't3.medium',
            imageId: 'ami-0123456789abcdef0',
          };
    });
    const endpoint = { AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}` };
    await start({ ...endpoint, KUBERNETES_SERVICE_HOST: '10.96.0.1' });
    expect((await first()).aws.ec2).toEqual({
      instance_id: 'i-0123456789abcdef0',
      availability_zone: 'us-east-1a',
      instance_size: 't3.medium',
      ami_id: 'ami-0123456789abcdef0',
    });
    expect(asked).toEqual(['PUT /latest/api/token', 'GET /latest/dynamic/instance-identity/document']);
    await service?.process.stop('SIGKILL');
    for (const environment of [
      endpoint,
      { ...endpoint, KUBERNETES_SERVICE_HOST: '10.96.0.1', AWS_EC2_METADATA_DISABLED: 'true' },
    ]) {
      receiver.clear();
      await start(environment);
      expect((await first()).aws).not.toHaveProperty('ec2');
      await service?.process.stop('SIGKILL');
    }
    expect(asked).toHaveLength(2);
  });

  it('starts without an instance that answers', async () => {
    const silent = createServer(() => undefined);
    server = silent;
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    await start({
      AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
    });
    expect((await first()).aws).not.toHaveProperty('ec2');
  });
});
