/** Identities with a meaning: names, and gradients that a user states. */
import { right } from 'fp-ts/lib/Either.js'
import type { Node } from '../node.js'
import { primitive, type Cotangents } from '../primitive.js'
import { substitute } from '../substitute.js'
import { input } from './leaves.js'

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
export interface Ruled { readonly rule: VjpRule }

/**
 * The rule of a node as it stands after a substitution: traced with placeholders of the old types, it shows what it closes over, which is
 * rebuilt like the rest of the graph. Traced only when it is called, since a rule may use its own function.
 */
const rescoped = (node: Node<Ruled>, rebuild: (nodes: readonly Node[]) => Node[]): VjpRule => (g, output, inputs) => {
  const old = [node, ...node.inputs].map(({ shape, dtype }) => input({ shape, dtype }))
  const cotangents = node.attrs.rule(old[0], old[1], old.slice(2))
  const flowing = cotangents.filter(c => c !== null)
  const rebuilt = rebuild([...old, ...flowing])
  const given = [g, output, ...inputs]
  const here = substitute(rebuilt.slice(old.length), new Map(given.map((x, i) => [rebuilt[i], x])))
  return cotangents.map(c => c === null ? null : here[flowing.indexOf(c)])
}
const rules = new WeakMap<Node, Map<string, VjpRule>>()
/** The same function for the same node and substitution. */
const ruleIn = (node: Node<Ruled>, rebuild: (nodes: readonly Node[]) => Node[], scope: string): VjpRule => {
  const known = rules.get(node) ?? new Map<string, VjpRule>()
  rules.set(node, known)
  const rule = known.get(scope) ?? rescoped(node, rebuild)
  known.set(scope, rule)
  return rule
}

export const customVjpPrim = primitive<Ruled>({
  op: 'customVjp',
  summary: 'The first input, with a gradient rule of the user\'s own that leads to the others instead.',
  latex: ([y]) => y,
  type: ([y]) => right({ shape: y.shape, dtype: y.dtype }),
  vjp: (g, { inputs: [y, ...xs], attrs: { rule } }) => [null, ...rule(g, y, xs)],
  flops: () => 0,
  mapRule: (node, rebuild, scope) => ({ rule: ruleIn(node, rebuild, scope) }),
  example: 'customVjp((x: Tensor<[2]>) => exp(x), g => [g])(tensor([0, 1]))',
})
/** `output` as a function of `inputs`, differentiated by `rule`. */
export const customVjp = (output: Node, inputs: readonly Node[], rule: VjpRule): Node => customVjpPrim.make([output, ...inputs], { rule })
