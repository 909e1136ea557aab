/** The ends of a program as memories: slots 0 and 1 are the working memory and the constants, then come the inputs, then the outputs. */
import type { Node } from '../../../dsl/core/node.js'
import { sizeOf } from '../../../dsl/value.js'
import type { Program } from '../../engine.js'
import { concrete } from '../../program.js'
import type { Memory } from '../plan/steps.js'
import type { Target } from '../plan/targets.js'

export interface ProgramEnds {
  readonly bound: ReadonlyMap<Node, Memory>
  /** One an output, in order. */
  readonly targets: readonly Target[]
}

/** `over` of a target is the input that it replaces, where it replaces one alone and that is where the input is read. */
export const programEnds = ({ inputs, outputs, resident }: Program): ProgramEnds => {
  const slot = (n: Node, index: number): Memory => ({ dtype: n.dtype, size: sizeOf(concrete(n)), home: { kind: 'slot', index } })
  const given = inputs.map((n, i) => slot(n, 2 + i))
  const bound = new Map<Node, Memory>()
  inputs.forEach((n, i) => { if (!bound.has(n)) bound.set(n, given[i]) })
  const overOf = (output: number): Memory | undefined => {
    const replaced = resident.filter(r => r.output === output)
    if (replaced.length !== 1) return undefined
    const [{ input }] = replaced
    return bound.get(inputs[input]) === given[input] ? given[input] : undefined
  }
  const targets = outputs.map((node, i): Target => {
    const over = overOf(i)
    return { node, memory: slot(node, 2 + inputs.length + i), ...over && { over } }
  })
  return { bound, targets }
}
