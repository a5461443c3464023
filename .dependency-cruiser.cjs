/** Which file may import which: the layers of docs/architecture.md as rules. `npm run check` applies them. */

const PRODUCTION = '^(services/[^/]+|packages/service-kit)/src/';
const SPEC = '\\.spec\\.ts$';
const NPM = '(^|/)node_modules/';

module.exports = {
  forbidden: [
    {
      name: 'services-are-apart',
      comment: 'Services meet over HTTP only: each is built, deployed and scaled without the other.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'packages-know-no-service',
      comment: 'A library that imports a service is part of it. Tests and dev commands start built entries.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'controllers-know-no-database',
      comment: 'Controller (HTTP only), service (the rules), repository (SQL): no step is left out.',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: {
        path: [
          '\\.(repository|entity)\\.ts$',
          '/database/(data-source|database|migrator)\\.ts$',
          `${NPM}(typeorm|mysql2|libsql)/`,
        ],
      },
    },
    {
      name: 'repositories-know-no-callers',
      comment: 'SQL knows neither the rules nor HTTP.',
      severity: 'error',
      from: { path: '\\.(repository|entity)\\.ts$' },
      to: { path: '\\.(service|controller)\\.ts$' },
    },
    {
      name: 'services-know-no-http',
      comment: 'The rules hold whoever asks: no request, reply or status reaches a *.service.ts.',
      severity: 'error',
      from: { path: '\\.service\\.ts$' },
      to: {
        path: [
          '\\.controller\\.ts$',
          `${NPM}(fastify|@fastify/[^/]+|@nestjs/platform-[^/]+|express)/`,
          '^(node:)?(http|https|http2)$',
        ],
      },
    },
    {
      name: 'no-circle',
      comment: 'Of two modules in a circle one sees the other half made. Types alone do no harm.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphan',
      comment:
        'A file that nothing imports and that imports nothing is left over. The exceptions are loaded by name.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.d\\.ts$',
          SPEC,
          '\\.config\\.(js|cjs|mjs)$',
          '^packages/dev/lib/(guard|steady/busy)\\.mjs$',
          '^packages/testing/global-(setup|teardown)\\.js$',
        ],
      },
      to: {},
    },
    {
      name: 'production-needs-no-dev-dependency',
      comment: 'The images hold no devDependencies: such an import works on a laptop only.',
      severity: 'error',
      from: { path: PRODUCTION, pathNot: SPEC },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'production-knows-no-test-code',
      comment: 'Test and development packages are not in the images either.',
      severity: 'error',
      from: { path: PRODUCTION, pathNot: SPEC },
      to: { path: '^(packages/(testing|dev|local-[^/]+)|services/[^/]+/test)/' },
    },
    {
      name: 'dependencies-are-declared',
      comment:
        "A package that only another one's dependencies bring along can vanish with their next version.",
      severity: 'error',
      from: { path: PRODUCTION, pathNot: SPEC },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'Nothing is known about an import that cannot be found.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'specs-are-not-imported',
      comment:
        'Importing a spec runs its tests a second time; what two specs share belongs into a file of its own.',
      severity: 'error',
      from: {},
      to: { path: SPEC },
    },
  ],
  options: {
    doNotFollow: { path: NPM },
    exclude: { path: '^((services|packages)/[^/]+/dist|infra/cdk.out)/' },
    // Type imports count: a layer that needs another's types knows it.
    tsPreCompilationDeps: true,
    // Makes @usermgmt/* resolve to the sources, so that the rules see through it and need no build.
    tsConfig: { fileName: 'packages/dev/dependency-paths.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
