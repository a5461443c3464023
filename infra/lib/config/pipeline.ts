import { z } from 'zod';

const branch = z.string().min(1).default('main');

const sourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('github'),
    /** Of a connection that somebody has confirmed in the console. */
    connectionArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/.+$/),
    /** `owner/name` */
    repository: z.string().regex(/^[^/]+\/[^/]+$/, 'a repository looks like owner/name'),
    branch,
  }),
  z.strictObject({
    kind: z.literal('codecommit'),
    /** Of a repository that is there already. */
    repository: z.string().min(1),
    branch,
  }),
]);

const stageSchema = z.strictObject({
  /** One of k8s/overlays. */
  overlay: z.string().regex(/^[a-z0-9-]+$/),
  /** The namespace of that overlay, in which this stage may change things. */
  namespace: z.string(),
  /** The name under which it is reached: after a deployment `https://HOST/usermgmt/users` must answer. */
  host: z.hostname(),
});

/** From a commit to the cluster. */
export const pipelineSchema = z.strictObject({
  source: sourceSchema,
  /** What the images are built on and for: that of the nodes. */
  architecture: z.enum(['amd64', 'arm64']),
  /** Deployed without asking, before production. */
  staging: stageSchema.optional(),
  production: stageSchema,
  /** Who is asked before production; the address must confirm the subscription. */
  approvedBy: z.email(),
});

/** Where a stage deploys to. */
export type StageConfig = z.output<typeof stageSchema>;
/** Where commits come from. */
export type SourceConfig = z.output<typeof sourceSchema>;
