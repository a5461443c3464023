import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { TracingConfig } from './tracing.variables.js';

const IMDS_TIMEOUT_MS = 1_000;

/** The `aws` block of the segments of this process; `aws.xray` is the SDK's. */
export interface AwsBlock {
  eks: { pod: string; container_id?: string; cluster_name?: string };
  ec2?: { instance_id: string; availability_zone: string; instance_size: string; ami_id: string };
  cloudwatch_logs?: { log_group: string }[];
}

/**
 * Where this process runs, as far as it can be known. Outside of Kubernetes
 * the host takes the pod's place, so that a laptop shows what EKS will show.
 */
export async function runtimeInfo(config: TracingConfig): Promise<AwsBlock> {
  const container = containerId();
  const inCluster = process.env.KUBERNETES_SERVICE_HOST !== undefined;
  const ec2 =
    inCluster && !config.AWS_EC2_METADATA_DISABLED
      ? await instance(config.AWS_EC2_METADATA_SERVICE_ENDPOINT).catch(() => undefined)
      : undefined;
  return {
    eks: {
      pod: hostname(),
      ...(container !== undefined && { container_id: container }),
      ...(config.AWS_EKS_CLUSTER_NAME !== undefined && { cluster_name: config.AWS_EKS_CLUSTER_NAME }),
    },
    ...(ec2 && { ec2 }),
    ...(config.AWS_CLOUDWATCH_LOG_GROUP !== undefined && {
      cloudwatch_logs: [{ log_group: config.AWS_CLOUDWATCH_LOG_GROUP }],
    }),
  };
}

/** The 64 hex digits by which the container runtime knows this container: in cgroup v1's paths, or in v2's mounts. */
function containerId(): string | undefined {
  for (const file of ['/proc/self/cgroup', '/proc/self/mountinfo']) {
    try {
      const id = /\b[0-9a-f]{64}\b/.exec(readFileSync(file, 'utf8'))?.[0];
      if (id !== undefined) return id;
    } catch {
      // Not on Linux.
    }
  }
  return undefined;
}

/** Asks the instance metadata service, version 2, once and for a bounded time. */
async function instance(endpoint: string): Promise<NonNullable<AwsBlock['ec2']>> {
  const signal = AbortSignal.timeout(IMDS_TIMEOUT_MS);
  const token = await fetch(`${endpoint}/latest/api/token`, {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
    signal,
  });
  const document = await fetch(`${endpoint}/latest/dynamic/instance-identity/document`, {
    headers: { 'x-aws-ec2-metadata-token': await token.text() },
    signal,
  });
  if (!document.ok) throw new Error(`status ${document.status}`);
  const { instanceId, availabilityZone, instanceType, imageId } = (await document.json()) as Record<
    string,
    string
  >;
  return {
    instance_id: instanceId ?? '',
    availability_zone: availabilityZone ?? '',
    instance_size: instanceType ?? '',
    ami_id: imageId ?? '',
  };
}
