/** The ends of a graph: every output under a name of its own. */
import type { Node } from '../../dsl/core/node.js'
import type { Context } from './lowering.js'

/**
 * A name for each output: the operator's own, so that it writes where the output lives. Only an output that is itself an input, a
 * constant, captured from outside or the same as another output needs a copy.
 */
export const namedOutputs = (cx: Context, outputs: readonly Node[], inputs: readonly string[]): string[] => {
  const taken = new Set(inputs)
  return outputs.map(node => {
    const { name } = cx.dense(node)
    const own = !taken.has(name) && cx.graph.makes(name)
    const result = own ? name : cx.graph.copy(name)
    taken.add(result)
    return result
  })
}
