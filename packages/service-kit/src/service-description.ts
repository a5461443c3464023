/** What a service is, besides its code. */
export interface ServiceDescription {
  /** As in the logs and the OpenAPI document: `user-management`. */
  name: string;
  title: string;
  /** First segment of every path, without slashes: `usermgmt`. */
  contextPath: string;
  description: string;
}
