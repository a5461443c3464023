import { z } from 'zod';
import { outputName } from '../output-name.ts';
import { areDifferent } from './different.ts';
import { NODE_TYPE, isArm } from './instance-types.ts';
import { isPublicNetwork } from './public-network.ts';

/** What the cluster and the add-ons have, with labels of their own. */
const RESERVED = /^(kube-.*|default|amazon-cloudwatch|external-dns|external-secrets)$/;

const nodeGroupSchema = z
  .strictObject({
    architecture: z.enum(['amd64', 'arm64']).default('amd64'),
    /** At most 20: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html */
    instanceTypes: z
      .array(z.string().regex(NODE_TYPE, 'not a type that nodes may have, e.g. t3.medium, m7g.large'))
      .min(1)
      .max(20)
      .refine(areDifferent, 'the same type twice'),
    capacity: z.enum(['on-demand', 'spot']).default('on-demand'),
    diskGib: z.number().int().min(20).max(16_384).default(20),
    min: z.number().int().min(1),
    desired: z.number().int(),
    /** At most 450: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html */
    max: z.number().int().max(450),
  })
  .refine(({ min, desired, max }) => min <= desired && desired <= max, 'min <= desired <= max does not hold')
  .superRefine(({ architecture, instanceTypes }, context) => {
    for (const [index, type] of instanceTypes.entries()) {
      const own = isArm(type) ? 'arm64' : 'amd64';
      if (own === architecture) continue;
      const message = `${type} is ${own}: say architecture: '${own}', or another type`;
      context.addIssue({ code: 'custom', path: ['instanceTypes', index], message });
    }
  });

/** Nodes of one kind. */
export type NodeGroupConfig = z.output<typeof nodeGroupSchema>;

/** What MySQL takes for a user: https://dev.mysql.com/doc/refman/8.4/en/user-names.html */
const LONGEST_DATABASE_USER = 32;
/** Schemas of MySQL, the master user of data.stack.ts, and the user with which RDS manages the instance. */
const TAKEN_IN_RDS = ['mysql', 'sys', 'dbadmin', 'rdsadmin'];

const namespaceSchema = z
  .strictObject({
    /** Its first character is that of the names of outputs too, which begin with a letter. */
    name: z
      .string()
      .regex(
        /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
        'small letters, digits and hyphens, at most 63, the first a letter',
      )
      .refine((name) => !RESERVED.test(name), 'a namespace of the cluster itself or of an add-on'),
    /** `irsa` for pods on Fargate, where no Pod Identity agent runs. */
    identity: z.enum(['pod-identity', 'irsa']).default('pod-identity'),
    /** `rds`: user-management there has a schema and a user of its own in RDS; `own`: a MySQL of its own. */
    database: z.enum(['rds', 'own']).default('rds'),
    /** Whether user-management there issues tokens (the component auth-local); it needs a secret for its key. */
    issuesTokens: z.boolean().default(false),
    /** The sender of its mails; `mail.from` if it has none of its own. No other namespace may send under it. */
    mailFrom: z.email().optional(),
  })
  .superRefine(({ name, database }, context) => {
    if (database === 'own') return;
    const complain = (message: string) => {
      context.addIssue({ code: 'custom', path: ['name'], message });
    };
    if (name.length > LONGEST_DATABASE_USER) {
      complain(
        `with RDS, its database user has this name, which MySQL takes up to ${LONGEST_DATABASE_USER} characters`,
      );
    }
    if (TAKEN_IN_RDS.includes(name)) complain(`RDS has a schema or a user ${name} of its own`);
  });

/** The EKS cluster. */
export const clusterSchema = z
  .strictObject({
    /** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html */
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 'letters, digits, hyphens and underscores, at most 100')
      .default('eksdemo1'),
    /** Who may reach the API server from outside the VPC; empty: nobody. */
    publicAccess: z
      .array(
        z
          .cidrv4()
          .refine((cidr) => !cidr.endsWith('/0'), 'the API server is not for everybody')
          .refine(isPublicNetwork, 'not a network of the internet, or bits are set behind its length'),
      )
      .max(40)
      .refine(areDifferent, 'the same network twice')
      .default([]),
    /** Roles with all rights in the cluster. */
    administrators: z
      .array(z.string().regex(/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]{1,100}$/, 'not the ARN of a role'))
      .min(1)
      .refine(areDifferent, 'the same role twice'),
    /** Namespaces that run the two services. */
    namespaces: z
      .array(namespaceSchema)
      .min(1)
      .refine((all) => areDifferent(all.map(({ name }) => outputName(name, ''))), 'the same name twice'),
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
