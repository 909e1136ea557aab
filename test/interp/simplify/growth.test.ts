/** Compile time grows linearly with depth: counted, not timed, on a training step of a transformer. */
import { describe, expect, it } from 'vitest'
import { gptBatch, gptTraining } from '../../../bench/compile/gpt2.js'
import { input } from '../../../src/dsl/core/build.js'
import { reachable, type Node } from '../../../src/dsl/core/node.js'
import { placeholders } from '../../../src/dsl/core/placeholders.js'
import { leavesOf } from '../../../src/dsl/core/trees.js'
import { key } from '../../../src/index.js'
import { program } from '../../../src/interp/program.js'
import type { Once } from '../../../src/interp/simplify/rule.js'
import { executionRules, rules } from '../../../src/interp/simplify/rules.js'
import { simplify } from '../../../src/interp/simplify/simplify.js'

const sizes = { width: 8, heads: 2, context: 4, vocabulary: 11 }
/** The next number that a node would get: how many have been made. */
const nodesMade = (): number => input({ shape: [], dtype: 'float32' }).id

const counts = (layers: number) => {
  const applied = { asked: 0, fired: 0 }
  const counted = [...executionRules, ...rules].map(rule => ({ ...rule, apply: (n: Node, once: Once) => {
    applied.asked++
    const next = rule.apply(n, once)
    if (next) applied.fired++
    return next
  } }))
  const training = gptTraining({ ...sizes, layers })
  const [state, batch] = [placeholders(training.init(key(0))), placeholders(gptBatch(sizes))]
  const before = nodesMade()
  const { state: next, metrics } = training.step(state, batch, key(1))
  const ends = (tree: unknown): Node[] => leavesOf<Node>(tree).map(l => l.leaf)
  const { outputs } = program([...ends(state), ...ends(batch)], [...ends(next), ...ends(metrics)], [], { B: 1 })
  const simple = simplify(outputs, { rules: counted })
  return { made: nodesMade() - before, kept: reachable(simple).length, ...applied }
}

describe('growth with depth', () => {
  // The first pays for the constants that all of them share.
  const [, three, six, twelve, twentyFour] = [1, 3, 6, 12, 24].map(counts)
  it.each(['made', 'kept', 'asked', 'fired'] as const)('%s', what => {
    const aLayer = (six[what] - three[what]) / 3
    expect(aLayer).toBeGreaterThan(1)
    expect((twelve[what] - six[what]) / 6).toBe(aLayer)
    expect((twentyFour[what] - twelve[what]) / 12).toBe(aLayer)
  })
})
