/**
 * Which elements of an input each element of an output can depend on, read from the graph: masks with constant zeros cut paths, everything
 * that is not understood is assumed to depend. So "does not depend" is a proof, for every value of the parameters.
 */
import type { AnyTensor } from '../../dsl/define/tree.js'
import { nodeOf } from '../../dsl/ops/typed.js'
import { sizeOf } from '../../dsl/value.js'
import { concrete } from '../program.js'
import { Elements } from './elements.js'
import { propagate, single } from './propagate.js'
import { Sets } from './sets.js'

/**
 * For each element of `output`, in row-major order, the positions of the elements of `input` that it may depend on. Both must have bound
 * sizes. Values in between are taken to be finite, and small beside a mask's -1e30.
 *
 * @example
 * ```ts
 * import { dependence } from 'typegrad/engines'
 * const x = f32(3)
 * dependence(cumsum(x, 0), x) // [[0], [0, 1], [0, 1, 2]]
 * ```
 */
export const dependence = (output: AnyTensor, input: AnyTensor): number[][] => {
  const [to, from] = [nodeOf('dependence', output), nodeOf('dependence', input)]
  const shape = concrete(from)
  const sets = new Sets()
  const start = Elements.of(shape, Int32Array.from({ length: sizeOf(shape) }, (_, i) => sets.single(i)))
  const { ids } = single(propagate([to], new Map([[from, start]]), sets), to)
  return Array.from(ids, id => sets.members(id))
}
