/** Nodes whose values are known when the program is compiled. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import type { Value } from '../../../dsl/value.js'
import { concrete } from '../../program.js'

export const constantOf = (node: Node): Value | null => {
  if (node.op === 'constant') return (node as NodeOf<'constant'>).attrs.value
  if (node.op === 'iota') {
    const [n] = concrete(node)
    return { dtype: 'int32', shape: [n], data: Int32Array.from({ length: n }, (_, i) => i) }
  }
  if (node.op === 'dimSize') return { dtype: 'int32', shape: [], data: Int32Array.of((node as NodeOf<'dimSize'>).attrs.size as number) }
  return null
}
