import { readdirSync } from 'node:fs';
import { z } from 'zod';

const OVERLAYS = readdirSync(new URL('../../../k8s/overlays/', import.meta.url));

const branch = z
  .string()
  .regex(/^[\w./-]{1,255}$/, 'not the name of a branch')
  .default('main');

const sourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('github'),
    /** Of a connection that somebody has confirmed in the console. */
    connectionArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/,
      ),
    /** `owner/name` */
    repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'a repository looks like owner/name'),
    branch,
  }),
  z.strictObject({
    kind: z.literal('codecommit'),
    /** Of a repository that is there already. */
    repository: z.string().regex(/^[\w.-]{1,100}$/, 'letters, digits, dots, hyphens and underscores'),
    branch,
  }),
]);

const stageSchema = z.strictObject({
  /** One of k8s/overlays. */
  overlay: z.enum(OVERLAYS, `not one of k8s/overlays: ${OVERLAYS.join(', ')}`),
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
