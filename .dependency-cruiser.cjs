/** Dependencies point inwards: infra -> functions -> shared -> shared/domain. */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment: 'shared/domain knows no AWS, no clock, no store: only itself, the error classes and hashing.',
      severity: 'error',
      from: { path: '^shared/domain/' },
      to: { pathNot: '^(shared/domain/|shared/errors\\.ts$|crypto$|node:crypto$)' },
    },
    {
      name: 'gateways-are-pure',
      comment: 'A gateway adapter verifies and interprets bytes; it calls nobody.',
      severity: 'error',
      from: { path: '^shared/gateways/' },
      to: { path: '^(shared/(store|adapters|middleware)|functions|infra)/|@aws-sdk' },
    },
    {
      name: 'shared-knows-no-function',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(functions|infra|tests)/' },
    },
    {
      name: 'functions-know-no-infra',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^(infra|tests)/' },
    },
    {
      name: 'functions-do-not-share-logic-sideways-but-by-name',
      comment: 'A function folder may call the thinking file of another, never its wiring.',
      severity: 'error',
      from: { path: '^functions/([^/]+)/' },
      to: { path: '^functions/(?!$1/)[^/]+/handler\\.ts$' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
