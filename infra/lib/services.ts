/** The workloads: the names of their folders, images and service accounts. */
export const SERVICES = ['user-management', 'notification'] as const;

export type ServiceName = (typeof SERVICES)[number];
