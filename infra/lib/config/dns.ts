import { z } from 'zod';

/** A public hosted zone that is there already. */
export const dnsSchema = z
  .strictObject({
    zoneId: z.string().regex(/^Z[A-Z0-9]{1,31}$/, 'the id of a zone begins with Z'),
    zoneName: z.hostname(),
    /** The name under which user-management is reached. */
    host: z.hostname(),
  })
  .refine(
    ({ zoneName, host }) =>
      /^[^.]+$/.test(host.slice(0, -zoneName.length - 1)) && host.endsWith(`.${zoneName}`),
    'host is not directly in the zone: the certificate covers one label',
  );

/** The zone, and the name in it. */
export type DnsConfig = z.output<typeof dnsSchema>;
