/** Constants, counters and random bits. */
import type { NodeOf } from '../../../dsl/core/table.js'
import { threefryWords } from '../../../dsl/core/threefry.js'
import { concrete } from '../../program.js'
import type { Data } from '../device.js'
import type { Emitter, Ref } from '../emit.js'

type In = readonly Ref[]
type Random = NodeOf<'randomBits'> | NodeOf<'uniform'>
/** Twenty rounds in numbers on the host cost less than the hundred kernels they would be, and give the same bits everywhere. */
const random = (write: (words: Int32Array, out: Data) => void) => ([key]: In, node: Random, emit: Emitter): Ref => {
  const { stream } = node.attrs
  return emit.compute([key], (out, [k]) => { write(threefryWords(k, stream, out.length), out) }, concrete(node), node.dtype)
}

export const leafLowerings = {
  constant: (_: In, { attrs: { value } }: NodeOf<'constant'>, emit: Emitter): Ref =>
    emit.constant(value.dtype === 'float32' ? { ...value, data: Float32Array.from(value.data) } : value),
  iota: (_: In, node: NodeOf<'iota'>, emit: Emitter): Ref => {
    const shape = concrete(node)
    return emit.constant({ shape, dtype: 'int32', data: Int32Array.from({ length: shape[0] }, (__, i) => i) })
  },
  dimSize: (_: In, { attrs: { size } }: NodeOf<'dimSize'>, emit: Emitter): Ref =>
    emit.constant({ shape: [], dtype: 'int32', data: Int32Array.of(size as number) }),
  randomBits: random((words, out) => { out.set(words) }),
  uniform: random((words, out) => { for (let i = 0; i < out.length; i++) out[i] = (words[i] >>> 8) * 2 ** -24 }),
}
