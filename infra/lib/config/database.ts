import { z } from 'zod';
import { DATABASE_TYPE } from './instance-types.ts';

/** RDS for MySQL. */
export const databaseSchema = z
  .strictObject({
    /** Without the leading `db.`. */
    instanceType: z
      .string()
      .regex(DATABASE_TYPE, 'not a type that the database may have, e.g. t4g.micro, m7g.large'),
    storageGib: z.number().int().min(20).max(50_000).default(20),
    /**
     * Storage grows by itself up to this, at least 10 % more than storageGib:
     * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
     */
    maxStorageGib: z.number().int().max(65_536),
    /** A second instance in another zone, which takes over. */
    multiAz: z.boolean(),
    /** No service reads from a replica, and RDS creates none of an instance whose password it manages. */
    readReplica: z
      .literal(
        false,
        'RDS creates no replica of a MySQL instance whose master password it manages: leave it out',
      )
      .optional(),
    backupDays: z.number().int().min(1).max(35),
    performanceInsights: z.boolean(),
    /** The alarm's threshold; each replica of user-management opens at most DB_POOL_SIZE (10). */
    alarmConnections: z.number().int().positive(),
  })
  .superRefine((database, context) => {
    if (database.performanceInsights && /\.(micro|small)$/.test(database.instanceType)) {
      context.addIssue({
        code: 'custom',
        path: ['performanceInsights'],
        message: `MySQL on ${database.instanceType} has none`,
      });
    }
    const leastMaximum = Math.ceil((database.storageGib * 11) / 10);
    if (database.maxStorageGib < leastMaximum) {
      context.addIssue({
        code: 'custom',
        path: ['maxStorageGib'],
        message: `must be at least ${leastMaximum}, 10 % more than storageGib; RDS refuses less`,
      });
    }
  });
