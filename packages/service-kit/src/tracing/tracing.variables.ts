import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { flag, JSON_TEXT } from '../config.js';
import { fetchUrl } from '../fetch-target.js';
import { daemonAddresses } from './daemon.js';

const rate = z.number().min(0).max(1);
const rulesSchema = z.object({
  version: z.literal(2),
  default: z.strictObject({ fixed_target: z.int().min(0), rate }),
  rules: z
    .array(
      z.strictObject({
        description: z.string().exactOptional(),
        host: z.string(),
        http_method: z.string(),
        url_path: z.string(),
        fixed_target: z.int().min(0),
        rate,
      }),
    )
    .default([]),
});

/** As the SDK's own: one request a second, and 5 % of what comes besides. */
const DEFAULT_RULES: z.infer<typeof rulesSchema> = {
  version: 2,
  rules: [],
  default: { fixed_target: 1, rate: 0.05 },
};

/** The environment of tracing; the names are the X-Ray SDK's where it has one. */
export const tracingVariables = (defaultName: string) => ({
  AWS_XRAY_DAEMON_ADDRESS: z
    .string()
    .refine(
      (text) => daemonAddresses(text) !== undefined,
      'must be host:port, or udp:host:port tcp:host:port, with an IPv6 address in brackets',
    )
    .optional()
    .describe('Where traces are sent; not set: nothing is traced'),
  AWS_XRAY_SDK_ENABLED: flag().default(true).describe('`false` turns tracing off, whatever else is set'),
  AWS_XRAY_TRACING_NAME: z
    .string()
    .regex(
      /^[\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]{1,200}$/u,
      'must have 1 to 200 letters, digits, spaces or _.:/%&#=+\\-@',
    )
    .default(defaultName)
    .describe('Name of this service in traces'),
  AWS_XRAY_CONTEXT_MISSING: z
    .enum(['LOG_ERROR', 'RUNTIME_ERROR', 'IGNORE_ERROR'], {
      error: 'must be LOG_ERROR, RUNTIME_ERROR or IGNORE_ERROR',
    })
    .default('LOG_ERROR')
    .describe('What to do when something is to be traced outside of a request'),
  AWS_XRAY_SAMPLING_RULES: samplingRules()
    .default(DEFAULT_RULES)
    .describe("Local sampling rules in the SDK's JSON form, version 2: the text itself, or a file")
    .meta(JSON_TEXT),
  AWS_XRAY_CENTRAL_SAMPLING: flag()
    .default(false)
    .describe('`true`: sampling rules come from X-Ray, through the daemon'),
  AWS_EKS_CLUSTER_NAME: z.string().max(100).optional().describe('Cluster name for aws.eks of a segment'),
  AWS_CLOUDWATCH_LOG_GROUP: z.string().max(512).optional().describe('Log group that a segment points to'),
  AWS_EC2_METADATA_DISABLED: flag()
    .default(false)
    .describe('`true`: the instance is not asked for its metadata; set it on Fargate'),
  AWS_EC2_METADATA_SERVICE_ENDPOINT: fetchUrl(/^http$/, 'must be an http:// address')
    .default('http://169.254.169.254')
    .describe('Where the instance answers'),
  TRACK: z
    .string()
    .regex(/^[a-z0-9-]{1,30}$/, 'must have 1 to 30 small letters, digits or hyphens')
    .default('stable')
    .describe('Track of this instance (`stable`, `canary`), as traces show it'),
});

/** What {@link tracingVariables} parse into. */
export type TracingConfig = z.infer<z.ZodObject<ReturnType<typeof tracingVariables>>>;

function samplingRules() {
  return z.string().transform((text, context) => {
    try {
      const json = text.trimStart().startsWith('{') ? text : readFileSync(text, 'utf8');
      const parsed = rulesSchema.safeParse(JSON.parse(json));
      if (parsed.success) return parsed.data;
    } catch {
      // Reported below, like rules in another form.
    }
    context.addIssue(
      "must be sampling rules in the SDK's JSON form (version 2), or a readable file with them",
    );
    return z.NEVER;
  });
}
