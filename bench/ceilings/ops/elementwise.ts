/** What moves memory: an update of Adam, softmax, layer norm, a sum over columns, gelu. */
import { adam, add, applyUpdates, f32, gelu, layerNorm, softmax, sum } from 'typegrad'
import { kernel, op, type Op } from '../op.js'

const MILLION = 1_000_000
/** Bytes that must move at least: each operand read once, each result written once. */
const moved = (name: string, read: number, written: number) =>
  ({ name, unit: 'GB/s' as const, work: 4 * (read + written), footprint: 4 * (read + written) })

const update = op({ ...moved('Adam update, 1M parameters', 4 * MILLION, 3 * MILLION), footprint: 16 * MILLION, calls: 3 }, () => {
  const params = { p: f32(MILLION) }
  const optimiser = adam(1e-3)
  return {
    state: { params, moments: optimiser.init(params) }, operands: { g: f32(MILLION) },
    number: (path, normal) => path === 'operands.g' || path === 'state.params.p' ? normal() : 0,
    step: ({ params: before, moments }, { g }) => {
      const { updates, state } = optimiser.update({ p: g }, moments, before)
      return { state: { params: applyUpdates(before, updates), moments: state }, outputs: {} }
    },
  }
})

const normed = (rows: number, width: number): Op =>
  kernel(moved(`layer norm [${rows},${width}]`, rows * width + 2 * width, rows * width), [rows, width],
    () => ({ x: f32(rows, width), scale: f32(width), bias: f32(width) }), ({ x, scale, bias }) => layerNorm(x, scale, bias))

export const elementwise: readonly Op[] = [
  update,
  kernel(moved('softmax [4096,256]', 4096 * 256, 4096 * 256), [4096, 256], () => ({ x: f32(4096, 256) }), ({ x }) => softmax(x, -1)),
  normed(2048, 256),
  kernel(moved('sum over columns [4096,512]', 4096 * 512, 512), [512], () => ({ x: f32(4096, 512) }), ({ x }) => sum(x, 0)),
  kernel(moved('gelu, 1M', MILLION, MILLION), [MILLION], () => ({ x: f32(MILLION) }), ({ x }) => gelu(x)),
  kernel(moved('add, 1M', 2 * MILLION, MILLION), [MILLION], () => ({ x: f32(MILLION), y: f32(MILLION) }), ({ x, y }) => add(x, y)),
]
