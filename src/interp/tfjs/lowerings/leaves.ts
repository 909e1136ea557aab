/** Constants, counters and random bits. */
import type { NodeOf } from '../../../dsl/core/table.js'
import { concrete } from '../../program.js'
import type { Emitter, Ref } from '../emit.js'
import { onHost, type Lowering } from '../host.js'

type In = readonly Ref[]
/** Twenty rounds in numbers on the host cost less than the hundred kernels they would be, and give the same bits everywhere. */
const bits = (xs: In, node: NodeOf<'randomBits'> | NodeOf<'uniform'>, emit: Emitter): Ref => onHost(xs, node, emit)

export const leafLowerings = {
  constant: (_: In, { attrs: { value } }: NodeOf<'constant'>, emit: Emitter): Ref =>
    emit.constant(value.dtype === 'float32' ? { ...value, data: Float32Array.from(value.data) } : value),
  iota: (_: In, node: NodeOf<'iota'>, emit: Emitter): Ref => {
    const shape = concrete(node)
    return emit.constant({ shape, dtype: 'int32', data: Int32Array.from({ length: shape[0] }, (__, i) => i) })
  },
  dimSize: (_: In, { attrs: { size } }: NodeOf<'dimSize'>, emit: Emitter): Ref =>
    emit.constant({ shape: [], dtype: 'int32', data: Int32Array.of(size as number) }),
  randomBits: bits as Lowering<'randomBits'>,
  uniform: bits as Lowering<'uniform'>,
}
