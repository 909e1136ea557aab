import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const src = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url))

export default defineConfig({
  resolve: {
    // Examples and README programs import the package by its name; here that is the source, so that one copy of the library runs.
    alias: [
      { find: /^typegrad$/, replacement: src('index.ts') },
      { find: /^typegrad\/engines$/, replacement: src('engines.ts') },
      { find: /^typegrad\/models$/, replacement: src('models/index.ts') },
      { find: /^typegrad\/rl$/, replacement: src('rl/index.ts') },
      { find: /^typegrad\/audit$/, replacement: src('audit.ts') },
      { find: /^typegrad\/docs$/, replacement: src('docs.ts') },
      { find: /^typegrad\/run$/, replacement: src('run/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
