import { z } from 'zod';

/** RDS for MySQL. */
export const databaseSchema = z
  .strictObject({
    /** Without the leading `db.`. */
    instanceType: z.string().regex(/^[a-z0-9]+\.[a-z0-9]+$/, 'an instance type looks like t4g.micro'),
    storageGib: z.number().int().min(20).default(20),
    /** Storage grows by itself up to this. */
    maxStorageGib: z.number().int(),
    /** A second instance in another zone, which takes over. */
    multiAz: z.boolean(),
    /** A second instance that can be read from. */
    readReplica: z.boolean().default(false),
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
    if (database.maxStorageGib <= database.storageGib) {
      context.addIssue({ code: 'custom', path: ['maxStorageGib'], message: 'must be more than storageGib' });
    }
  });
