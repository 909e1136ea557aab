/** Identities with a meaning: names, and gradients that a user states. */
import { left, right } from 'fp-ts/lib/Either.js'
import { sameShape, showShape } from '../../shape/dim.js'
import type { Node } from '../node.js'
import { primitive, type Cotangents } from '../primitive.js'
import { substitute } from '../substitute.js'
import { input } from './leaves.js'

export interface NamedAttrs {
  readonly name: string
  /** What formulas print instead of the name. */
  readonly latex?: string
  /**
   * For the result of a named function: how many leaves each of its arguments has. The leaves are the inputs after the first; nothing is
   * computed from them and no gradient flows to them, they only tell readers what the function was applied to.
   */
  readonly args?: readonly number[]
  /** For a gradient: the inputs after the first are the scalar that was differentiated and the variable, which only readers look at. */
  readonly gradient?: true
}
export const namedPrim = primitive<NamedAttrs>({
  op: 'named',
  summary: 'The identity, under a name that errors, printers and docs show.',
  latex: (_, { name, latex }) => latex ?? name,
  type: ([x]) => right({ shape: x.shape, dtype: x.dtype }),
  vjp: (g, { inputs: [, ...args] }) => [g, ...args.map(() => null)],
  flops: () => 0,
  example: "named('z', tensor([1, 2]))",
})
export const named = (name: string, x: Node, latex?: string): Node => namedPrim.make([x], { name, ...latex !== undefined && { latex } })
/** The result of a function that has a name, with the leaves of each of its arguments. */
export const namedCall = (name: string, result: Node, args: readonly (readonly Node[])[], latex?: string): Node =>
  namedPrim.make([result, ...args.flat()], { name, ...latex !== undefined && { latex }, args: args.map(a => a.length) })

/** A gradient that knows of what and by what it is one, so that formulas say ∇f(x) where the graph has its expansion. */
export const gradientOf = (g: Node, output: Node, variable: Node): Node =>
  namedPrim.make([g, output, variable], { name: 'gradient', gradient: true })

export const straightThroughPrim = primitive({
  op: 'straightThrough',
  summary: 'The first input, with the gradient of the identity in the second: forward the hard value, backward as if it were the soft one.',
  latex: ([hard, soft]) => `${soft} + \\operatorname{sg}[${hard} - ${soft}]`,
  type: ([hard, soft]) => hard.dtype === 'float32' && soft.dtype === 'float32' && sameShape(hard.shape, soft.shape) ? right(soft)
    : left(`straightThrough: ${hard.dtype} ${showShape(hard.shape)} and ${soft.dtype} ${showShape(soft.shape)} are not alike`),
  vjp: g => [null, g],
  flops: () => 0,
  example: 'straightThrough(tensor([1, 0]), tensor([0.8, 0.2]))',
})
export const straightThrough = (hard: Node, soft: Node): Node => straightThroughPrim.make([hard, soft], {})

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
