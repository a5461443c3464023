import type { ServiceDescription } from '@usermgmt/service-kit/service-description';

/** What this service is called, in logs, documents and paths. */
export const service: ServiceDescription = {
  name: 'notification',
  title: 'Notification Service',
  contextPath: 'notification',
  description: 'Sends mail through Amazon SES or an SMTP server, and keeps no state.',
};
