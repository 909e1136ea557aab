import { threefryWords } from '../../../dsl/core/threefry.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { sizeOf, type Value } from '../../../dsl/value.js'
import { concrete } from '../../program.js'

type In = readonly Value[]

export const leafKernels = {
  constant: (_: In, { attrs: { value } }: NodeOf<'constant'>): Value =>
    value.dtype === 'float32' ? { ...value, data: Float64Array.from(value.data) } : value,
  iota: (_: In, node: NodeOf<'iota'>): Value => ({ shape: concrete(node), dtype: 'int32',
    data: Int32Array.from({ length: concrete(node)[0] }, (_, i) => i) }),
  dimSize: (_: In, { attrs: { size } }: NodeOf<'dimSize'>): Value => ({ shape: [], dtype: 'int32', data: Int32Array.of(size as number) }),
  randomBits: ([key]: In, node: NodeOf<'randomBits'>): Value =>
    ({ shape: concrete(node), dtype: 'int32', data: threefryWords(key.data, node.attrs.stream, sizeOf(concrete(node))) }),
  uniform: ([key]: In, node: NodeOf<'uniform'>): Value =>
    ({ shape: concrete(node), dtype: 'float32', data: Float64Array.from(threefryWords(key.data, node.attrs.stream, sizeOf(concrete(node))),
      w => (w >>> 8) * 2 ** -24) }),
}
