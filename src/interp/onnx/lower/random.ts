/** Threefry-2x32 on vectors of uint32: the rounds of core/threefry.ts, all blocks at once. */
import { parity, rotations } from '../../../dsl/core/threefry.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { sizeOf } from '../../../dsl/value.js'
import { concrete } from '../../program.js'
import type { Operand } from '../graph.js'
import type { Context } from '../lowering.js'

const u32 = (cx: Context, x: number): Operand => ({ name: cx.graph.constant('uint32', [], Uint32Array.of(x)), shape: [] })
const shift = (cx: Context, x: Operand, by: number, direction: 'LEFT' | 'RIGHT'): Operand =>
  cx.op('BitShift', [x, u32(cx, by)], x.shape, { direction })

const words = (cx: Context, node: NodeOf<'randomBits' | 'uniform'>): Operand => {
  const shape = concrete(node)
  const n = sizeOf(shape)
  const blocks = Math.ceil(n / 2)
  const add = (a: Operand, b: Operand): Operand => cx.map('Add', a, b)
  const xor = (a: Operand, b: Operand): Operand => cx.map('BitwiseXor', a, b)
  // The two shifted parts have no bit in common, so their sum is their union.
  const rotate = (x: Operand, by: number): Operand => add(shift(cx, x, by, 'LEFT'), shift(cx, x, 32 - by, 'RIGHT'))

  const key = cx.cast(cx.dense(node.inputs[0]), 'uint32')
  const [k0, k1] = [0, 1].map(i => cx.reshape(cx.slice(key, [0], [i], [i + 1]), []))
  const keys = [k0, k1, xor(xor(k0, k1), u32(cx, parity))]
  const counter = cx.cast(cx.op('Range', [cx.int(0), cx.int(blocks), cx.int(1)], [blocks]), 'uint32')
  let x0 = add(u32(cx, node.attrs.stream >>> 0), keys[0])
  let x1 = add(counter, keys[1])
  for (let round = 0; round < 20; round++) {
    x0 = add(x0, x1)
    x1 = xor(rotate(x1, rotations[round % 8]), x0)
    if (round % 4 === 3) {
      const s = (round + 1) / 4
      x0 = add(x0, keys[s % 3])
      x1 = add(x1, add(keys[(s + 1) % 3], u32(cx, s)))
    }
  }
  const pairs = cx.op('Concat', [cx.reshape(x0, [blocks, 1]), cx.reshape(x1, [blocks, 1])], [blocks, 2], { axis: 1 })
  const flat = cx.reshape(pairs, [2 * blocks])
  return cx.reshape(n === 2 * blocks ? flat : cx.slice(flat, [0], [0], [n]), shape)
}

export const randomLowerings = {
  randomBits: (cx: Context, node: NodeOf<'randomBits'>): Operand => cx.cast(words(cx, node), 'int32'),
  uniform: (cx: Context, node: NodeOf<'uniform'>): Operand => {
    const w = words(cx, node)
    const upper = shift(cx, w, 8, 'RIGHT')
    return cx.map('Mul', cx.cast(upper, 'float32'), cx.float(2 ** -24))
  },
}
