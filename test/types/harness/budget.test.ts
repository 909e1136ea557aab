/** Type checking is a measured product: what calls cost the compilers, against ../budget.json. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { blocksApplied, blocksWrittenOut, measureCosts, measureProgram, type Cost } from './budget.js'
import { diagnosticsIn, root, timedCompile, typesFolder } from './compile.js'
import { calls } from './ops.js'

interface Budget {
  /** The most instantiations a call may cost on average; `each` where an op has no entry of its own. */
  readonly instantiations: Readonly<Record<string, number>> & { readonly each: number }
  readonly transformerBlocks: { readonly count: number; readonly seconds: number }
  /** The most instantiations that one more application of a definition to the same shapes may cost. */
  readonly appliedAgain: number
}
const budget = JSON.parse(readFileSync(join(typesFolder, 'budget.json'), 'utf8')) as Budget

describe('instantiations a call', () => {
  let costs: readonly Cost[] = []
  beforeAll(async () => { costs = await measureCosts() }, 240_000)

  it.each(Object.keys(calls))('%s', op => {
    const cost = costs.find(c => c.op === op)
    expect(cost?.errors).toEqual([])
    expect(cost?.instantiations).toBeGreaterThan(0)
    expect(cost?.instantiations).toBeLessThanOrEqual(budget.instantiations[op] ?? budget.instantiations.each)
  })
})

it('a definition applied again to the same shapes costs next to nothing', () => {
  const [once, often] = [blocksApplied(1), blocksApplied(101)].map(measureProgram)
  expect([once.errors, often.errors]).toEqual([[], []])
  expect((often.instantiations - once.instantiations) / 100).toBeLessThanOrEqual(budget.appliedAgain)
}, 120_000)

it('transformer blocks written out check in time on TypeScript 7', async () => {
  const { count, seconds } = budget.transformerBlocks
  const folder = mkdtempSync(join(root, 'node_modules', '.blocks-'))
  try {
    // The sources of the library are in both programs; its users have declarations, which are not checked.
    const programs = [count, 0].map(blocks => {
      const file = join(folder, `blocks-${blocks}.mts`)
      writeFileSync(file, blocksWrittenOut(blocks))
      return { file, least: Infinity }
    })
    const difference = (): number => programs[0].least - programs[1].least
    // Whatever else the machine does only adds to a time: the least is nearest to the compiler's own, and on a busy machine comes late.
    for (let round = 0; round < 5 || round < 25 && difference() >= seconds; round++) {
      for (const program of programs) {
        const { text, seconds: taken } = await timedCompile('tsc', [program.file])
        expect(diagnosticsIn(text).filter(d => !d.file.startsWith('src/'))).toEqual([])
        expect(taken).toBeGreaterThan(0)
        program.least = Math.min(program.least, taken)
      }
    }
    expect(difference()).toBeLessThan(seconds)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 240_000)
