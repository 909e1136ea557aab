/** Every `@example` in src, and every primitive's, compiles against the built package and runs to the answers it states. */
import { beforeAll, describe, expect, it } from 'vitest'
import { primitives } from '../../src/dsl/core/table.js'
import { exampleBlocks, read, sources, type Block } from './blocks.js'
import { build, tryPrograms, type Outcome } from './programs.js'

const docstrings = sources('src').flatMap(file => exampleBlocks(file, read(file)))
const records = Object.entries(primitives).map(([op, { example }]): Block =>
  ({ file: `the primitive ${op}`, line: 1, language: 'ts', code: example }))
const blocks = [...docstrings, ...records]
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

  it('reports a wrong answer, a wrong type and a fault at their lines', () => {
    const block = (code: string): Block => ({ file: 'doc.md', line: 10, code, language: 'ts' })
    const [answer, type, fault, right] = tryPrograms('examples-faults', [
      block('neg(tensor([1, 2])) // [-1, 2]'),
      { ...block("const one = 1\nconst two: number = 'two'\n"), file: 'other.md' },
      { ...block("throw new Error('on purpose')"), file: 'third.md' },
      { ...block('neg(tensor([1, 2])) // [-1, -2]'), file: 'fourth.md' },
    ])
    expect(answer?.run).toContain('the documentation says [-1,2] but the value is [-1,-2]')
    expect(type?.types).toEqual(["other.md:11: error TS2322: Type 'string' is not assignable to type 'number'."])
    expect(fault?.run).toContain('third.md:10: Error: on purpose')
    expect(right).toEqual({ types: [] })
  }, 60_000)
})
