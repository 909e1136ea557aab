/** The reference: every primitive in float64, one kernel each, nothing clever. */
import { InternalError } from '../../dsl/errors.js'
import { computed, type Node } from '../../dsl/core/node.js'
import type { NodeOf, Op } from '../../dsl/core/table.js'
import { sizeOf, type Value } from '../../dsl/value.js'
import { stridesOf, zeros } from './arrays.js'
import { elementwiseKernels } from './kernels/elementwise.js'
import { leafKernels } from './kernels/leaves.js'
import { linearKernels } from './kernels/linear.js'
import { reduceKernels } from './kernels/reduce.js'
import { structureKernels } from './kernels/structure.js'

type Single = Exclude<Op, 'input' | 'scan' | 'project'>
/** A kernel for every primitive: a missing one does not compile. Placeholders, loops and their results are the evaluator's own. */
const kernels: { readonly [P in Single]: (inputs: readonly Value[], node: NodeOf<P>) => Value } = {
  ...elementwiseKernels, ...structureKernels, ...reduceKernels, ...linearKernels, ...leafKernels,
}

/** One node's value from its inputs' values. */
export const evaluateNode = (node: Node, inputs: readonly Value[]): Value => {
  const kernel = kernels[node.op as Single] as ((inputs: readonly Value[], node: Node) => Value) | undefined
  if (!kernel) throw new InternalError(`the placeholder ${node.op} ${node.id} has no value`)
  return kernel(inputs, node)
}

const isTuple = (v: Value | readonly Value[]): v is readonly Value[] => Array.isArray(v)

export interface EvaluateOptions {
  /** Sees each value as it appears, which is how faults are traced to a node. */
  readonly observe?: (node: Node, value: Value) => void
  /** Rounds every value to float32, so that what overflows on an engine overflows here. */
  readonly float32?: boolean
}
const rounded = (v: Value): Value => v.dtype === 'float32' ? { ...v, data: v.data.map(Math.fround) } : v

/** Evaluates nodes in order. */
export const evaluate = (outputs: readonly Node[], bindings: ReadonlyMap<Node, Value>,
  { observe, float32 = false }: EvaluateOptions = {}): Value[] => {
  const values = new Map<Node, Value | readonly Value[]>(bindings)
  const single = (n: Node): Value => {
    const v = values.get(n)
    if (v === undefined || isTuple(v)) throw new InternalError(`${n.op} has no single value`)
    return v
  }
  for (const node of computed(outputs)) {
    if (values.has(node)) continue
    if (node.op === 'scan') values.set(node, scan(node as NodeOf<'scan'>, node.inputs.map(single), float32))
    else if (node.op === 'project') values.set(node,
      (values.get(node.inputs[0]) as readonly Value[])[(node as NodeOf<'project'>).attrs.index])
    else if (node.op === 'named') values.set(node, single(node.inputs[0]))
    else {
      const value = evaluateNode(node, node.inputs.map(single))
      values.set(node, float32 ? rounded(value) : value)
    }
    if (observe && !node.tuple) observe(node, single(node))
  }
  return outputs.map(single)
}

const step = (x: Value, t: number): Value => {
  const n = stridesOf(x.shape)[0]
  return { shape: x.shape.slice(1), dtype: x.dtype, data: x.data.subarray(t * n, (t + 1) * n) }
}

const scan = (node: NodeOf<'scan'>, inputs: readonly Value[], float32: boolean): Value[] => {
  const { body, length, reverse } = node.attrs
  const steps = length as number
  const [nc, nx] = [body.carry.length, body.xs.length]
  let carry = inputs.slice(0, nc)
  const stacks = [...body.ys, ...body.carry].map(n => zeros([steps, ...n.shape as number[]], n.dtype))
  for (let s = 0; s < steps; s++) {
    const t = reverse ? steps - 1 - s : s
    const bound = new Map<Node, Value>([
      ...body.carry.map((c, i) => [c, carry[i]] as const),
      ...body.xs.map((x, i) => [x, step(inputs[nc + i], t)] as const),
      ...body.consts.map((c, i) => [c, inputs[nc + nx + i]] as const),
    ])
    const results = evaluate([...body.next, ...body.ys], bound, { float32 })
    const rows = [...results.slice(nc), ...carry]
    rows.forEach((row, i) => { stacks[i].data.set(row.data, t * sizeOf(row.shape)) })
    carry = results.slice(0, nc)
  }
  return [...carry, ...stacks]
}
