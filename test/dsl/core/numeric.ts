/** Derivatives by differences, in the reference's float64: what the gradient rules are held against. */
import { add, constant, mul, sum } from '../../../src/dsl/core/build.js'
import { input, scalar } from '../../../src/dsl/core/primitives/leaves.js'
import type { Node } from '../../../src/dsl/core/node.js'
import { substituteDim } from '../../../src/dsl/shape/dim.js'
import { sizeOf, type Value } from '../../../src/dsl/value.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'
import { valuesOf, type Case } from './cases/draw.js'

/** A case with its symbols bound and its inputs made. */
export interface Bound {
  readonly inputs: readonly Node[]
  readonly values: readonly Value[]
  readonly output: Node
  readonly smooth: readonly number[]
}

export const bind = (c: Case): Bound => {
  const values = valuesOf(c)
  const inputs = values.map((v, i) => input({ shape: v.shape, dtype: v.dtype, name: `x${i}` }))
  return { inputs, values, output: c.build(inputs, d => substituteDim(d, c.sizes)),
    smooth: c.inputs.flatMap((s, i) => s.smooth ? [i] : []) }
}

/** Numbers without pattern, the same every time: a projection that no mistake is orthogonal to. */
export const noise = (shape: readonly number[], seed: number): Value => {
  let state = seed * 2654435761 >>> 0
  const next = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 31 - 1
  }
  return { shape, dtype: 'float32', data: Float64Array.from({ length: sizeOf(shape) }, next) }
}
export const noiseLike = (n: Node, seed: number): Value => noise(n.shape as number[], seed)

/** The inner product of a node with fixed numbers, a scalar. */
export const projected = (n: Node, seed: number): Node => {
  const terms = mul(n, constant(noiseLike(n, seed)))
  return n.shape.length === 0 ? terms : sum(terms, [...n.shape.keys()])
}
export const total = (ns: readonly Node[]): Node => ns.reduce(add, scalar(0))

export const run = (outputs: readonly Node[], inputs: readonly Node[], values: readonly Value[]): Value[] =>
  evaluate(outputs, new Map(inputs.map((n, i) => [n, values[i]])))

const moved = (v: Value, direction: Value, step: number): Value =>
  ({ ...v, data: Float64Array.from(v.data, (x, i) => x + step * direction.data[i]) })

/** The change of a node along `directions` of the inputs at `wrt`, by central differences. */
export const difference = (output: Node, { inputs, values }: Bound, wrt: readonly number[], directions: readonly Value[],
  step = 1e-5): number[] => {
  const at =
    (h: number): Value => run([output], inputs, values.map((v, i) => wrt.includes(i) ? moved(v, directions[wrt.indexOf(i)], h) : v))[0]
  const [up, down] = [at(step), at(-step)]
  return Array.from(up.data, (x, i) => (x - down.data[i]) / (2 * step))
}

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((n, x, i) => n + x * b[i], 0)
/** The largest difference, in units of the size of what is compared. */
export const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const scale = Math.max(1, ...Array.from(a, Math.abs), ...Array.from(b, Math.abs))
  const worst =
    Array.from(a).reduce((m, x, i) => Object.is(x, b[i]) || x === b[i] ? m
      : Math.max(m, Number.isNaN(x - b[i]) ? Infinity : Math.abs(x - b[i])), a.length === b.length ? 0 : Infinity)
  return worst / scale
}
