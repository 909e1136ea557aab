/** Sampling from conditionals that are given for all variables at once: each step evaluates them all and uses one. */
import * as core from '../../dsl/core/build.js'
import type { Node } from '../../dsl/core/node.js'
import { chainTable } from './order.js'
import { lawOf } from './laws.js'
import type { Group } from './variables.js'

/** Draws [count, D] of a group: `logits` are those of the group, [count, D] or [count, D, K], given its variables [count, D]. */
export const drawByConditionals = (
  logits: (x: Node) => Node, group: Group, mask: Node, keys: Node, count: number,
): Node => {
  const chain = chainTable(group, mask) ?? core.iota(group.size)
  const { carry: [x] } = core.scan({
    init: [core.full(0, [count, group.size], group.dtype)],
    xs: [chain, keys],
    body: ([before], [d, key]) => {
      const value = lawOf(group.dtype, core.gather(logits(before), d, 1)).sample(key)
      return { next: [core.scatterAdd(before, core.reshape(d, [1]), core.reshape(value, [count, 1]), 1)], ys: [] }
    },
  })
  return x
}
