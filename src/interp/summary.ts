/** What a model costs: parameters, operations and memory, in symbols where sizes are not bound. */
import { computed, type Node } from '../dsl/core/node.js'
import { leavesOf } from '../dsl/core/trees.js'
import { addDim, mulDim, sizeOfShape } from '../dsl/shape/dim.js'
import type { Dim, DType, Shape } from '../dsl/tensor.js'

/** One parameter: where it stands in the tree and how many numbers it holds. */
export interface ParameterRow { readonly path: string; readonly shape: Shape; readonly dtype: DType; readonly count: Dim }
/** What an expression costs; sizes that are not bound stay symbols. */
export interface Summary {
  readonly parameters: readonly ParameterRow[]
  readonly parameterCount: Dim
  /** Floating-point operations of one evaluation: 2MNK for a matrix product, one an element for anything elementwise. */
  readonly flops: Dim
  readonly flopsByOp: Readonly<Record<string, Dim>>
  /**
   * Bytes of all intermediate values together: what differentiation keeps. Views (reshape, broadcast, names) and constants count nothing.
   */
  readonly activationBytes: Dim
}

const bytes: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bool: 1 }
const views = new Set([
  'input', 'constant', 'iota', 'dimSize', 'reshape', 'broadcastTo', 'stopGradient', 'straightThrough', 'named', 'customVjp', 'project',
])
const bytesOf = (n: Node): Dim => views.has(n.op) ? 0
  : (n.tuple ?? [n]).reduce<Dim>((total, t) => addDim(total, mulDim(bytes[t.dtype], sizeOfShape(t.shape))), 0)

/**
 * Counts parameters, floating-point operations and activation memory of an expression.
 *
 * @example
 * ```ts
 * import { summary } from 'typegrad/engines'
 * const p = { w: f32(784, 10) }
 * summary(matmul(f32('B', 784), p.w), p).flops // '15680*B'
 * ```
 */
export const summary = (outputs: unknown, params: unknown = {}): Summary => {
  const nodes = computed(leavesOf<Node>(outputs).map(l => l.leaf))
  const parameters = leavesOf<Node>(params)
    .map(({ path, leaf }) => ({ path, shape: leaf.shape, dtype: leaf.dtype, count: sizeOfShape(leaf.shape) }))
  const flopsByOp: Record<string, Dim> = {}
  for (const n of nodes) {
    const flops = n.prim.flops(n)
    if (flops !== 0) flopsByOp[n.op] = addDim(flopsByOp[n.op] ?? 0, flops)
  }
  const total = (xs: readonly Dim[]): Dim => xs.reduce<Dim>(addDim, 0)
  return {
    parameters, flopsByOp,
    parameterCount: total(parameters.map(p => p.count)),
    flops: total(Object.values(flopsByOp)),
    activationBytes: total(nodes.map(bytesOf)),
  }
}

const grouped = (d: Dim): string => typeof d === 'number' ? d.toLocaleString('en-US') : d

/** A summary as a table. */
export const showSummary = (s: Summary): string => {
  const rows = s.parameters.map(p => [p.path, `[${p.shape.join(', ')}]`, grouped(p.count)])
  const widths = [0, 1, 2].map(c => Math.max(0, ...rows.map(r => r[c].length)))
  return [
    ...rows.map(([a, b, c]) => `${a.padEnd(widths[0])}  ${b.padEnd(widths[1])}  ${c.padStart(widths[2])}`),
    `parameters         ${grouped(s.parameterCount)}`,
    `operations         ${grouped(s.flops)}`,
    `activation bytes   ${grouped(s.activationBytes)}`,
  ].join('\n')
}
