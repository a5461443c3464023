import { z } from 'zod';

const nodeGroupSchema = z
  .strictObject({
    architecture: z.enum(['amd64', 'arm64']).default('amd64'),
    instanceTypes: z.array(z.string().regex(/^[a-z0-9]+\.[a-z0-9]+$/)).min(1),
    capacity: z.enum(['on-demand', 'spot']).default('on-demand'),
    diskGib: z.number().int().min(20).default(20),
    min: z.number().int().min(1),
    desired: z.number().int(),
    max: z.number().int(),
  })
  .refine(({ min, desired, max }) => min <= desired && desired <= max, 'min <= desired <= max does not hold');

/** Nodes of one kind. */
export type NodeGroupConfig = z.output<typeof nodeGroupSchema>;

const namespaceSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
  /** `irsa` for pods on Fargate, where no Pod Identity agent runs. */
  identity: z.enum(['pod-identity', 'irsa']).default('pod-identity'),
  /** Whether user-management there gets the password of RDS; without it it has a database of its own. */
  database: z.enum(['rds', 'own']).default('rds'),
  /** Whether user-management there issues tokens (the component auth-local); it needs a secret for its key. */
  issuesTokens: z.boolean().default(false),
});

/** The EKS cluster. */
export const clusterSchema = z
  .strictObject({
    name: z.string().max(100).default('eksdemo1'),
    /** Who may reach the API server from outside the VPC; empty: nobody. */
    publicAccess: z
      .array(z.cidrv4().refine((cidr) => !cidr.endsWith('/0'), 'the API server is not for everybody'))
      .default([]),
    /** Roles with all rights in the cluster. */
    administrators: z
      .array(z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'not the ARN of a role'))
      .min(1),
    /** Namespaces that run the two services. */
    namespaces: z.array(namespaceSchema).min(1),
    /** What makes nodes as they are needed. */
    scaling: z.enum(['none', 'cluster-autoscaler', 'karpenter']),
    privateNodes: nodeGroupSchema.optional(),
    /** Services of type LoadBalancer become Classic ones, as in the course, unless they ask for an NLB. */
    classicLoadBalancers: z.boolean().default(false),
    /** Nodes with public addresses, as the course begins. */
    publicNodes: nodeGroupSchema.optional(),
    /** The course's profiles fp-dev, fp-app2 and fp-ums. */
    fargate: z.boolean().default(false),
  })
  .superRefine((cluster, context) => {
    const hasNodes = cluster.privateNodes !== undefined || cluster.publicNodes !== undefined;
    const complain = (path: string, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if (cluster.scaling === 'karpenter' && !cluster.privateNodes) {
      complain('scaling', 'karpenter itself runs on privateNodes');
    }
    if (!hasNodes) complain('privateNodes', 'without nodes nothing runs');
  });
