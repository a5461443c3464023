/** The record of the user who asks: where the request names it. */
export interface OwnRecord {
  /** `path`: the parameter `username`; `body`: the field `username`. */
  readonly nameIn: 'path' | 'body';
  /** Fields of the body that only the roles may send. */
  readonly except: readonly string[];
}

/** Who may call a route. */
export interface Access {
  /**
   * Whoever comes. `known`: but if there is a token, it must count, and the
   * service looks at it. `client`: the service itself asks a program for its id
   * and secret.
   */
  readonly anybody: boolean | 'known' | 'client';
  /** Whoever has one of these roles. */
  readonly roles: readonly string[];
  /** Besides those, each user for the own record. */
  readonly own: OwnRecord | undefined;
}

/**
 * Who may call what: `'GET /users': …`, by method and route template, without
 * the context path. HEAD is as GET, and `/docs/*` stands for every route below
 * `/docs/`. What is not in it is closed.
 */
export type AccessTable = Readonly<Record<string, Access>>;

/** What a service says about access. */
export interface AccessRules {
  readonly table: AccessTable;
  /** The roles that a user must have one of to reach the own record. */
  readonly userRoles: readonly string[];
  /** Whether two spellings are the name of the same record. */
  readonly isSameName: (one: string, other: string) => boolean;
  /** Roles of the product's own services: a caller with one of them decides whether its request is traced. */
  readonly tracingRoles?: readonly string[];
}

/** Injection token of the service's {@link AccessRules}. */
export const ACCESS_RULES = Symbol('AccessRules');

/** A route for whoever comes. */
export const anybody: Access = { anybody: true, roles: [], own: undefined };

/** A route for whoever comes, where it makes a difference who it is. */
export const anybodyKnown: Access = { anybody: 'known', roles: [], own: undefined };

/** A route for programs, which show their id and secret there (HTTP Basic). */
export const byClient: Access = { anybody: 'client', roles: [], own: undefined };

/** A route for these roles. */
export const only = (...roles: string[]): Access => ({ anybody: false, roles, own: undefined });

/** The same route also for each user's own record, whose name stands in the path or in the body. */
export const orOwner = (access: Access, nameIn: OwnRecord['nameIn'], except: string[] = []): Access => ({
  ...access,
  own: { nameIn, except },
});

/** The routes of every service's documentation and probes; `/` leads to the documentation. */
export const KIT_ACCESS: AccessTable = {
  'GET /health/live': anybody,
  'GET /health/ready': anybody,
  'GET /health/dependencies': anybody,
  'GET /': anybody,
  'GET /docs': anybody,
  'GET /docs/*': anybody,
  'GET /openapi.json': anybody,
  'GET /openapi.yaml': anybody,
};
