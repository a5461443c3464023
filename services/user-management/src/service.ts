import type { ServiceDescription } from '@usermgmt/service-kit/service-description';

/** What this service is called, and where its paths begin. */
export const service: ServiceDescription = {
  name: 'user-management',
  title: 'User management',
  contextPath: 'usermgmt',
  description: 'Keeps users, and sees to it that each new one gets a mail',
};
