/** Who may import whom. Type-only imports count (tsPreCompilationDeps). */
const only = (folder, allowed, except = '') => ({
  name: `${folder} imports only ${allowed.join(', ')}`,
  severity: 'error',
  from: { path: `^src/${folder}/`, ...(except && { pathNot: except }) },
  to: {
    path: '^(src|prisma|test|bench)/',
    pathNot: [
      `^src/${folder}/`,
      ...allowed.map((name) => (name.endsWith('.ts') ? `^src/${name.replace('.', '\\.')}$` : `^src/${name}/`)),
    ],
  },
});

const onlyIn = (module, place) => ({
  name: `${module} only in ${place}`,
  severity: 'error',
  from: { pathNot: `^${place}` },
  to: { path: `^node_modules/${module}/` },
});

/** The rooms of `src/services`, from the top down. A room imports only rooms below it. */
const ROOMS = ['agent', 'platform', 'desk', 'selling', 'money', 'catalogue', 'stock', 'core'];

const onlyBelow = (room, index) => ({
  name: `services/${room} imports only rooms below it`,
  severity: 'error',
  from: { path: `^src/services/${room}/` },
  to: {
    path: '^src/services/',
    pathNot: ROOMS.slice(index).map((below) => `^src/services/${below}/`),
  },
});

module.exports = {
  forbidden: [
    ...ROOMS.map(onlyBelow),
    {
      name: 'every file of services is in a room',
      severity: 'error',
      from: {},
      to: { path: '^src/services/', pathNot: `^src/services/(${ROOMS.join('|')})/` },
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'nothing unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('domain', ['errors.ts']),
    only('db', ['domain', 'errors.ts', 'context.ts']),
    only('services', ['domain', 'db', 'errors.ts', 'context.ts']),
    only('http', ['services', 'domain', 'errors.ts', 'context.ts', 'config.ts']),
    only('routes', ['services', 'domain', 'http', 'errors.ts', 'context.ts', 'db']),
    only('jobs', ['services', 'domain', 'db/drain.ts', 'errors.ts', 'context.ts']),
    {
      name: 'routes take types from the database client, and nothing else of db',
      severity: 'error',
      from: { path: '^src/routes/' },
      to: { path: '^src/db/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'context.ts is types only',
      severity: 'error',
      from: { path: '^src/context\\.ts$' },
      to: { dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the generated client only behind db/client.ts',
      severity: 'error',
      from: { pathNot: '^src/db/(generated/|client\\.ts$)' },
      to: { path: '^src/db/generated/' },
    },
    {
      name: 'tracing and its SDK are loaded only where they are configured',
      severity: 'error',
      from: {},
      to: { path: '^src/integrations/tracing\\.ts$', dynamic: false },
    },
    {
      name: 'the source imports neither tests nor benchmarks',
      severity: 'error',
      from: { path: '^(src|prisma)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'only the entry points are imported by nobody and import anything',
      severity: 'error',
      from: { pathNot: '^(src/main\\.ts$|src/commands/|test/|bench/|scripts/)' },
      to: { path: '^src/(main\\.ts$|commands/)' },
    },
    onlyIn('@prisma', '(src/db/|prisma\\.config)'),
    only('integrations', ['domain', 'errors.ts']),
    only('sandbox', []),
    onlyIn('stripe', '(src/integrations|src/sandbox|test)/'),
    onlyIn('pg', '(src/db|test|bench)/'),
    onlyIn('prom-client', 'src/integrations/(process-)?metrics\\.ts$'),
    onlyIn('pusher', '(src/integrations/pusher\\.ts$|test/)'),
    onlyIn('ioredis', '(src/integrations/redis\\.ts$|test/)'),
    onlyIn('@opentelemetry/(?!api/)[^/]+', 'src/integrations/tracing\\.ts$'),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/db/generated/(internal|models)' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types'],
      extensions: ['.ts', '.js'],
    },
  },
};
