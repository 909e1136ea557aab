/** The reference's kernels, for what a backend lacks or gets wrong: down to the host, one kernel, up again. */
import type { Node } from '../../dsl/core/node.js'
import type { NodeOf, Op } from '../../dsl/core/table.js'
import type { Value } from '../../dsl/value.js'
import { elementwiseKernels } from '../js/kernels/elementwise.js'
import { leafKernels } from '../js/kernels/leaves.js'
import { linearKernels } from '../js/kernels/linear.js'
import { reduceKernels } from '../js/kernels/reduce.js'
import { structureKernels } from '../js/kernels/structure.js'
import { concrete } from '../program.js'
import type { Emitter, Ref } from './emit.js'

/** Every primitive but placeholders and loops, which no kernel stands for. */
export type Single = Exclude<Op, 'input' | 'scan' | 'project'>
/** Writes the instructions of one node; operands come in the node's order. */
export type Lowering<P extends Single = Single> = (xs: readonly Ref[], node: NodeOf<P>, emit: Emitter) => Ref

const kernels: { readonly [P in Single]: (inputs: readonly Value[], node: NodeOf<P>) => Value } = {
  ...elementwiseKernels, ...structureKernels, ...reduceKernels, ...linearKernels, ...leafKernels,
}

/** Runs the reference's kernel of a node, whose operands are whole. */
export const onHost = (xs: readonly Ref[], node: Node, emit: Emitter): Ref => {
  const kernel = kernels[node.op as Single] as (inputs: readonly Value[], node: Node) => Value
  return emit.host(xs, values => kernel(values, node), concrete(node), node.dtype)
}
