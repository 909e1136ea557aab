/** The carried state after a step: of the same names, shapes and types as before it, or training could not go on. */
import type { Node } from '../dsl/core/node.js'
import { leavesLike, leavesOf } from '../dsl/core/trees.js'
import type { Tree } from '../dsl/define/tree.js'
import { TypegradError } from '../dsl/errors.js'

const shown = ({ dtype, shape }: Node) => `${dtype} [${shape.join(', ')}]`
// a size in B is a number once the step is compiled
const fits = (a: Node, b: Node): boolean => a.dtype === b.dtype && a.shape.length === b.shape.length
  && a.shape.every((d, i) => d === b.shape[i] || typeof d === 'string' || typeof b.shape[i] === 'string')

/** Throws where the next carried state is not like the one before. */
export const checkCarried = (aux: Tree, next: unknown): void => {
  const leaves = leavesLike<Node>(aux, next, 'aux')
  for (const [i, { path, leaf }] of leavesOf<Node>(aux).entries()) {
    if (!fits(leaf, leaves[i])) {
      throw new TypegradError('shape', `aux${path === '' ? '' : `.${path}`} is ${shown(leaf)} before a step and ${shown(leaves[i])} after `
        + 'it: carried state keeps its shape and type.')
    }
  }
}

/** Whether a step leaves the carried state, of which there is some, as it was. */
export const isStill = (aux: Tree, next: Tree): boolean => {
  const [before, after] = [leavesOf<Node>(aux), leavesOf<Node>(next)]
  return before.length > 0 && before.every(({ leaf }, i) => leaf === after[i]?.leaf)
}
