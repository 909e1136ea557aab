/** The first carried state of a model: its specs begin like parameters, expressions are what they are. */
import { broadcastTo, cast, scalar } from '../dsl/core/build.js'
import type { Node } from '../dsl/core/node.js'
import { mapTree } from '../dsl/core/trees.js'
import type { AnyTensor, Tree } from '../dsl/define/tree.js'
import { splitKey, type Key } from '../dsl/keys.js'
import { initialise } from '../dsl/params/initialise.js'

/** The tree's own key for a path, as parameters have it: another entry more or less changes no other. */
const keyAt = (key: Key, path: string): Key => path === '' ? key : path.split('.').reduce((k, name) => splitKey(k, name)[name], key)

/** The first carried state; none is `{}`. */
export const firstAux = (aux: Tree | ((params: Tree, key: Key) => Tree) | undefined, params: Tree, key: Key): Tree => {
  const tree = aux === undefined ? {} : typeof aux === 'function' ? aux(params, key) : aux
  return mapTree(tree, (leaf: Node, path): AnyTensor => {
    if (leaf.op !== 'input') return leaf
    if (leaf.dtype === 'float32') return initialise(leaf as AnyTensor, keyAt(key, path))
    // counters and marks begin at 0: only real numbers are drawn
    return broadcastTo(cast(scalar(0, 'int32'), leaf.dtype), leaf.shape)
  })
}
