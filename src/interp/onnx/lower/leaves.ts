/** Leaves and identities. */
import { InternalError } from '../../../dsl/errors.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import type { Node } from '../../../dsl/core/node.js'
import { concrete } from '../../program.js'
import type { Operand } from '../graph.js'
import type { Context } from '../lowering.js'

const same = (cx: Context, { inputs: [x] }: Node): Operand => cx.value(x)

export const leafLowerings = {
  input: (_: Context, node: NodeOf<'input'>): Operand => {
    throw new InternalError(`the placeholder ${node.attrs.name} ${node.id} is not bound in the ONNX graph`)
  },
  constant: (cx: Context, { attrs: { value } }: NodeOf<'constant'>): Operand =>
    ({ name: cx.graph.constant(value.dtype, value.shape, value.data), shape: value.shape }),
  iota: (cx: Context, node: NodeOf<'iota'>): Operand => cx.op('Range', [cx.int(0), cx.int(concrete(node)[0]), cx.int(1)], concrete(node)),
  dimSize: (cx: Context, { attrs: { size } }: NodeOf<'dimSize'>): Operand => cx.int(size as number),
  stopGradient: same, named: same, straightThrough: same, customVjp: same,
}
