/** What costs time before it computes: the steps of a loop, and a call. */
import { add, f32, matmul, scan, tanh, type Tensor } from 'typegrad'
import { op, type Op } from '../op.js'

const STEPS = 1000, WIDTH = 32
type Row = Tensor<[1, number]>

const loop = op({ name: `loop of ${STEPS} small steps`, unit: 'us', work: STEPS, footprint: 4 * WIDTH * (STEPS + WIDTH) }, () => ({
  state: { h: f32(1, WIDTH) as Row }, operands: { w: f32(WIDTH, WIDTH), x: f32(STEPS, 1, WIDTH) },
  // Small weights: a step forgets rounding errors of the ones before.
  number: (path, normal) => path === 'operands.w' ? normal() * 0.5 / Math.sqrt(WIDTH) : path === 'operands.x' ? normal() : 0,
  step: ({ h }, { w, x }) => {
    const [last] = scan((carry: Row, now: Row) => [tanh(add(matmul(carry, w), now)), {}], h, x as never)
    return { state: { h: last as Row }, outputs: {} }
  },
}))

/** One number comes back to the host at every call. */
const empty = op({ name: 'empty call', unit: 'us', work: 1, footprint: 8 }, () => ({
  state: { c: f32() }, operands: {},
  step: ({ c }) => {
    const next = add(c, 1)
    return { state: { c: next }, outputs: { c: next } }
  },
}))

export const calls: readonly Op[] = [loop, empty]
