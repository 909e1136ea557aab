/** A path of nodes by which an output depends on a variable: back from the output, one element at a time. */
import type { Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { sizeOf } from '../../dsl/value.js'
import { Elements } from '../dependence/elements.js'
import { elementsOf, single, type Found } from '../dependence/propagate.js'
import { Sets } from '../dependence/sets.js'
import { stridesOf } from '../js/arrays.js'
import { say } from './say.js'

interface Place { readonly node: Node; readonly element: number }
/** Elements are told apart in runs of so many: each needs a set of its own. */
const run = 512

/** Which element of which input makes `element` of a node depend on the variable. */
const cause = (n: Node, result: number, element: number, found: Found, sets: Sets, variable: number): Place | null => {
  const xs = n.inputs.map(i => single(found, i))
  const carriers = xs.flatMap((x, k) =>
    x.depends ? Array.from(x.ids.keys()).filter(e => sets.has(x.ids[e], variable)).map(e => ({ k, e })) : [])
  for (let from = 0; from < carriers.length; from += run) {
    const own = new Sets()
    const some = carriers.slice(from, from + run)
    const marked = xs.map((x, k) => {
      if (x.value) return x
      const ids = new Int32Array(sizeOf(x.shape))
      some.forEach((c, i) => { if (c.k === k) ids[c.e] = own.single(i) })
      return Elements.of(x.shape, ids, x.partly ? x.known.slice() : undefined)
    })
    const made = elementsOf(n, marked, own)
    const { ids } = made instanceof Elements ? made : made[result]
    const [first] = own.members(ids[element])
    if (first !== undefined) return { node: n.inputs[some[first].k], element: some[first].e }
  }
  return null
}

const at = ({ shape }: Node, element: number): string => {
  const strides = stridesOf(shape as number[])
  return shape.length === 0 ? '' : `[${strides.map((s, i) => Math.floor(element / s) % (shape[i] as number)).join(', ')}]`
}
/** Moves and elementwise steps say little; names, reductions and products do. */
const telling = new Set(['input', 'named', 'matmul', 'conv2d', 'gather', 'takeAlong', 'sum', 'max', 'cumsum', 'scan', 'concat', 'slice',
  'scatterAdd'])
/** More steps than that are no help to a reader. */
const longest = 9

/** From the variable to the output: `x[0, 3] -> x * (w * mask)[0, 7] -> logits[0, 2]`. */
export const pathTo = (output: Node, found: Found, sets: Sets, pair: { readonly output: number; readonly variable: number }): string[] => {
  const target = single(found, output)
  const width = sizeOf(target.shape.slice(2))
  const first = Array.from({ length: width }, (_, i) => pair.output * width + i).find(e => sets.has(target.ids[e], pair.variable))
  const steps: Place[] = []
  let here: Place | null = first === undefined ? null : { node: output, element: first }
  while (here !== null) {
    steps.push(here)
    const { node, element }: Place = here
    if (node.op === 'project') {
      const [tuple] = node.inputs
      here = cause(tuple, (node as NodeOf<'project'>).attrs.index, element, found, sets, pair.variable)
    } else here = node.inputs.length === 0 ? null : cause(node, 0, element, found, sets, pair.variable)
  }
  const chosen = steps.filter(({ node }, i) => i === 0 || i === steps.length - 1 || telling.has(node.op))
  const words = chosen.map(({ node, element }) => `${say(node, 2)}${at(node, element)}`).reverse().filter((w, i, all) => w !== all[i - 1])
  return words.length <= longest ? words : [...words.slice(0, 4), '...', ...words.slice(-4)]
}
