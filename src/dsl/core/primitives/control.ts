/** Identities with a meaning: names, and gradients that a user states. */
import { right } from 'fp-ts/lib/Either.js'
import type { Node } from '../node.js'
import { primitive, type Cotangents } from '../primitive.js'

export const namedPrim = primitive<{ readonly name: string }>({
  op: 'named',
  summary: 'The identity, under a name that errors, printers and docs show.',
  latex: (_, { name }) => name,
  type: ([x]) => right({ shape: x.shape, dtype: x.dtype }),
  vjp: g => [g],
  flops: () => 0,
  example: "named('z', tensor([1, 2]))",
})
export const named = (name: string, x: Node): Node => namedPrim.make([x], { name })

/** Cotangents for the function's inputs, from the output's. */
export type VjpRule = (g: Node, output: Node, inputs: readonly Node[]) => Cotangents
export const customVjpPrim = primitive<{ readonly rule: VjpRule }>({
  op: 'customVjp',
  summary: 'The first input, with a gradient rule of the user\'s own that leads to the others instead.',
  latex: ([y]) => y,
  type: ([y]) => right({ shape: y.shape, dtype: y.dtype }),
  vjp: (g, { inputs: [y, ...xs], attrs: { rule } }) => [null, ...rule(g, y, xs)],
  flops: () => 0,
  example: 'customVjp((x: Tensor<[2]>) => exp(x), g => [g])(tensor([0, 1]))',
})
/** `output` as a function of `inputs`, differentiated by `rule`. */
export const customVjp = (output: Node, inputs: readonly Node[], rule: VjpRule): Node => customVjpPrim.make([output, ...inputs], { rule })
