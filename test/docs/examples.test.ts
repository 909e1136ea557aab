/** Every `@example` in src compiles against the built package and runs; the failing one is named by file and line. */
import { beforeAll, describe, expect, it } from 'vitest'
import { exampleBlocks, read, sources } from './blocks.js'
import { build, tryPrograms, type Outcome } from './programs.js'

const blocks = sources('src').flatMap(file => exampleBlocks(file, read(file)))
let outcomes: readonly Outcome[] = []

beforeAll(() => {
  build()
  outcomes = tryPrograms('examples', blocks)
}, 400_000)

describe('documented examples', () => {
  it.each(blocks.map((block, index) => ({ place: `${block.file}:${block.line}`, index })))('$place', ({ index }) => {
    expect(outcomes[index]).toEqual({ types: [] })
  })
})

describe('the search for examples', () => {
  it('finds the ts blocks of @example with their lines, and no other block', () => {
    const inside = ['A.', '', '```ts', 'not()', '```', '@example', '```ts', 'const a = 1', '', 'a', '```']
    const text = ['/**', ...inside.map(line => ` * ${line}`.trimEnd()), ' */'].join('\n')
    expect(exampleBlocks('f.ts', text)).toEqual([{ file: 'f.ts', line: 9, code: 'const a = 1\n\na', language: 'ts' }])
  })
})
