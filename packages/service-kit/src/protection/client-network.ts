import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';

/** Whom limits count as one: an IPv4 address, or the /64 network of IPv6 that one customer has. */
export const networkOf = (request: FastifyRequest): string => networkOfAddress(request.ip);

/** The same of an address. */
export const networkOfAddress = (address: string): string => normalizeIP(address);
