/** From parameter specs to the expressions of their first values. */
import type { Node } from '../core/node.js'
import type { InputAttrs } from '../core/primitives/leaves.js'
import { leavesOf, treeLike } from '../core/trees.js'
import type { Tree } from '../define/tree.js'
import { TypegradError } from '../errors.js'
import { splitKey, type Key } from '../keys.js'
import { nodeOf } from '../ops/typed.js'
import { drawParameter } from './draw.js'

/**
 * The first values of a tree of parameter specs, as expressions of `key`. A leaf's numbers depend on its own path only, so adding a
 * parameter leaves the others as they were. A leaf without an initialiser is Glorot uniform from rank 2 on, else 0. Throws a
 * `TypegradError` at a leaf that is not float32 or has an unbound symbol.
 *
 * @example
 * ```ts
 * const values = initialise({ w: parameter([784, 10], init.orthogonal()), b: f32(10) }, key(0))
 * ```
 */
export const initialise = <P extends Tree>(spec: P, key: Key): P => {
  const values = leavesOf<Node>(spec).map(({ path, leaf }) => {
    const node = nodeOf('initialise', leaf)
    if (node.dtype !== 'float32') throw new TypegradError('value', `initialise: ${path} is ${node.dtype}; a parameter is float32`)
    const symbol = node.shape.find(d => typeof d !== 'number')
    if (symbol !== undefined)
      throw new TypegradError('shape', `initialise: ${path} is [${node.shape.join(', ')}]; put a size for ${symbol} with .at first`)
    const own = path === '' ? key : path.split('.').reduce((k, name) => splitKey(k, name)[name], key)
    const { init } = node.op === 'input' ? node.attrs as InputAttrs : {}
    return drawParameter(nodeOf('initialise', own), node.shape as readonly number[], init, path)
  })
  const tree: unknown = treeLike(spec, values)
  return tree as P
}
