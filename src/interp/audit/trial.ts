/** A trial run on the reference engine: small random inputs, values and gradients, and the first that is not finite. */
import { gradient } from '../../dsl/core/gradient.js'
import { computed, type Node } from '../../dsl/core/node.js'
import { add, mul } from '../../dsl/core/build.js'
import { substitute, type Sizes } from '../../dsl/core/substitute.js'
import { leavesOf } from '../../dsl/core/trees.js'
import { TypegradError } from '../../dsl/errors.js'
import { symbolsOf } from '../../dsl/shape/dim.js'
import type { Objective, Statement } from '../../dsl/statement.js'
import { sizeOf, type Value } from '../../dsl/value.js'
import { firstNonFinite, showFault } from '../check.js'
import { concrete } from '../program.js'

export interface TrialOptions { readonly seed: number; readonly sizes: Sizes }
/** Beyond this many operations the reference engine takes longer than a person waits for an audit. */
export const budget = 1.5e8

/** Uniform numbers in [0, 1), the same for the same seed and stream: Mulberry32, since a trial needs millions of them quickly. */
export const uniforms = (seed: number, stream: number, n: number): Float64Array => {
  let state = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)
  return new Float64Array(n).map(() => {
    state = state + 0x6d2b79f5 | 0
    let t = Math.imul(state ^ state >>> 15, state | 1)
    t ^= t + Math.imul(t ^ t >>> 7, t | 61)
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32
  })
}
/** Numbers of mean 0 and variance 1, uniform. */
const centred = (seed: number, stream: number, n: number): Float64Array => uniforms(seed, stream, n).map(u => Math.sqrt(12) * (u - 0.5))
/** A parameter like a fresh one: scaled by its fan-in, and no element 0, so that nothing is cut by chance. */
export const weights = (shape: readonly number[], seed: number, stream: number): Value => {
  const scale = shape.length > 1 ? 1 / Math.sqrt(Math.max(1, sizeOf(shape.slice(0, -1)))) : 0.1
  return { shape, dtype: 'float32', data: centred(seed, stream, sizeOf(shape)).map(x => x * scale) }
}
/** Data: floats in [0, 1), integers and truth values 0 or 1, so that they are valid labels, actions and keys. */
const data = (n: Node, seed: number, stream: number): Value => {
  const shape = concrete(n)
  const u = uniforms(seed, stream, sizeOf(shape))
  return n.dtype === 'float32' ? { shape, dtype: 'float32', data: u }
    : n.dtype === 'int32' ? { shape, dtype: 'int32', data: Int32Array.from(u, x => x < 0.5 ? 0 : 1) }
      : { shape, dtype: 'bool', data: Uint8Array.from(u, x => x < 0.5 ? 0 : 1) }
}

/** Of a symbol whose size is not given: the first that the program and the time allow. */
export const trialSizes = [4, 2, 1]

interface Target { readonly what: string; readonly node: Node }
const node = (x: unknown): Node => x as Node
const targetsOf = (o: Objective): Target[] => {
  const penalties = o.constraints.flatMap(c => c.kind === 'clip' ? [] : [{ what: `${c.name} of ${o.player}`, node: node(c.value) }])
  return [{ what: `the objective of ${o.player}`, node: node(o.value) }, ...penalties]
}
/** The gradients that move a player. */
const gradientsOf = (o: Objective): Target[] => {
  const sign = o.sense === 'minimise' ? 1 : -1
  const whole = o.constraints.reduce((sum, c) => c.kind === 'penalty' ? add(sum, mul(c.weight, node(c.value))) : sum,
    mul(sign, node(o.value)))
  const moved = leavesOf<Node>(o.moves)
  return gradient(whole, moved.map(l => l.leaf))
    .map((g, i) => ({ what: `the gradient of ${o.player} in ${moved[i].path || 'its parameters'}`, node: g }))
}

const symbolsIn = (nodes: readonly Node[]): string[] => [...new Set(nodes.flatMap(n => n.shape.flatMap(symbolsOf)))]
export const costOf = (nodes: readonly Node[]): number => computed(nodes).reduce((sum, n) => sum + Number(n.prim.flops(n)), 0)

/** Expressions at sizes, with random parameters and inputs for them; every symbol that has no size gets `size`. */
export const sampled = (
  statement: Statement, outputs: readonly Node[], { seed, sizes }: TrialOptions, size: number,
): { readonly nodes: readonly Node[]; readonly inputs: ReadonlyMap<Node, Node>; readonly bindings: Map<Node, Value> } => {
  const all = computed(outputs)
  const ends = all.filter(n => n.op === 'input')
  const params = new Set(leavesOf<Node>(statement.params).map(l => l.leaf))
  const missing = symbolsIn(all).filter(s => !(s in sizes))
  const sized = substitute([...ends, ...outputs], new Map(), { ...sizes, ...Object.fromEntries(missing.map(s => [s, size])) })
  const inputs = sized.slice(0, ends.length)
  const valueOf = (n: Node, i: number): Value =>
    params.has(ends[i]) && n.dtype === 'float32' ? weights(concrete(n), seed, i) : data(n, seed, i)
  return {
    nodes: sized.slice(ends.length), inputs: new Map(ends.map((n, i) => [n, inputs[i]])),
    bindings: new Map(inputs.map((n, i) => [n, valueOf(n, i)])),
  }
}

/** The sentence about the first fault, or why nothing could be tried; both null when all is finite. */
export const trial = (statement: Statement, options: TrialOptions): { nonFinite: string | null; untried: string | null } => {
  const values = statement.objectives.flatMap(targetsOf)
  const targets = [...values, ...statement.objectives.flatMap(gradientsOf)]
  let fault = 'a size could not be chosen'
  for (const size of trialSizes) {
    try {
      const { nodes, bindings } = sampled(statement, targets.map(t => t.node), options, size)
      const steps = [nodes.slice(0, values.length), nodes]
      if (costOf(steps[0]) > budget) {
        fault = `its value alone takes ${costOf(steps[0]).toExponential(1)} operations on the reference engine`
        continue
      }
      const tried = costOf(nodes) > 2 * budget ? steps.slice(0, 1) : steps
      for (const outputs of tried) {
        const found = firstNonFinite(outputs, bindings)
        if (found === null) continue
        return { nonFinite: `${targets[found.output ?? 0].what} is not finite on random inputs: ${showFault(found)}.`, untried: null }
      }
      return { nonFinite: null, untried: null }
    } catch (e) {
      if (!(e instanceof TypegradError)) throw e
      fault = e.message
    }
  }
  return { nonFinite: null, untried: fault }
}
