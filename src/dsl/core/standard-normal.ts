/** Normal numbers from uniform ones. */
import * as core from './build.js'
import type { Node } from './node.js'
import type { Shape } from '../tensor.js'

/** Independent N(0, 1) numbers (Box and Muller, 1958). 1 - u lies in (0, 1], so the logarithm is finite. */
export const standardNormal = (key: Node, shape: Shape): Node => {
  const radius = core.sqrt(core.mul(-2, core.log(core.sub(1, core.uniform(key, shape, 0)))))
  return core.mul(radius, core.cos(core.mul(2 * Math.PI, core.uniform(key, shape, 1))))
}
