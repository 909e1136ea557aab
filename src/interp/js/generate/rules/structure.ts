/** Moves: other ways to read; only what joins or fills is a loop of its own. */
import type { Node } from '../../../../dsl/core/node.js'
import type { NodeOf } from '../../../../dsl/core/table.js'
import { sizeOf } from '../../../../dsl/value.js'
import { concrete } from '../../../program.js'
import { dense } from '../buffers.js'
import { broadcast, castForm, iotaForm, numberForm, reshaped, reversed, sliced, transposed, viewForm, type Form } from '../forms.js'
import type { Scope } from '../scope.js'

const same = (cx: Scope, { inputs: [x] }: { readonly inputs: readonly Node[] }): Form => cx.form(x)

export const structureRules = {
  stopGradient: same, named: same, straightThrough: same, customVjp: same,
  constant: (cx: Scope, { attrs: { value } }: NodeOf<'constant'>): Form => {
    const { data, dtype, shape } = value
    if (data.length === 1) return numberForm(data[0], dtype, shape)
    return viewForm(dense(cx.code.buffer(data.length, dtype, data), shape))
  },
  iota: (_: Scope, node: NodeOf<'iota'>): Form => iotaForm(concrete(node)[0]),
  dimSize: (_: Scope, { attrs: { size } }: NodeOf<'dimSize'>): Form => numberForm(size as number, 'int32', []),
  reshape: (cx: Scope, node: NodeOf<'reshape'>): Form => {
    const shape = concrete(node)
    return reshaped(cx.form(node.inputs[0]), shape) ?? viewForm(dense(cx.whole(node.inputs[0]).buf, shape))
  },
  transpose: (cx: Scope, { inputs: [x], attrs: { perm } }: NodeOf<'transpose'>): Form => transposed(cx.form(x), perm),
  broadcastTo: (cx: Scope, node: NodeOf<'broadcastTo'>): Form => {
    const [x] = node.inputs, shape = concrete(node)
    // What is repeated is computed once.
    return broadcast(sizeOf(shape) > sizeOf(concrete(x)) ? cx.ready(x) : cx.form(x), shape)
  },
  slice: (cx: Scope, node: NodeOf<'slice'>): Form => sliced(cx.form(node.inputs[0]), node.attrs.starts, concrete(node)),
  reverse: (cx: Scope, { inputs: [x], attrs: { axes } }: NodeOf<'reverse'>): Form => reversed(cx.form(x), axes),
  cast: (cx: Scope, { inputs: [x], attrs: { dtype } }: NodeOf<'cast'>): Form => castForm(cx.form(x), dtype),
  pad: (cx: Scope, node: NodeOf<'pad'>): Form => {
    const x = cx.form(node.inputs[0]), to = cx.space(concrete(node), node.dtype)
    cx.store(numberForm(node.attrs.value, node.dtype, to.shape), to)
    cx.store(x, { ...to, shape: x.shape, offset: node.attrs.lo.reduce((n, p, a) => n + p * to.strides[a], 0) })
    return viewForm(to)
  },
  concat: (cx: Scope, node: NodeOf<'concat'>): Form => {
    const to = cx.space(concrete(node), node.dtype), { axis } = node.attrs
    let from = 0
    for (const input of node.inputs) {
      const x = cx.form(input)
      cx.store(x, { ...to, shape: x.shape, offset: from * to.strides[axis] })
      from += x.shape[axis]
    }
    return viewForm(to)
  },
}
