import { z } from 'zod';

/** What is watched, and who is told. */
export const monitoringSchema = z.strictObject({
  /** CloudWatch's metrics and logs of nodes and pods; billed by what is observed. */
  containerInsights: z.boolean(),
  /** The subscriber of the topic eks-alerts; must confirm it by mail. */
  alertsTo: z.email(),
  /** The alarm's threshold; the course sets 4 to see it ring. */
  nodeCpuPercent: z.number().positive().max(100).default(80),
  /** A mail is sent when the month is expected to cost more. */
  monthlyBudgetUsd: z.number().min(1),
});
