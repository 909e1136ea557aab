/** What moves memory: an update of Adam, softmax, layer and batch norm, a sum over columns, gelu. */
import { adam, add, applyUpdates, f32, gelu, layerNorm, mean, mul, rsqrt, softmax, square, sub, sum } from 'typegrad'
import { kernel, moved, op, type Op } from '../op.js'

const MILLION = 1_000_000

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

/** Over batch, height and width, as it is written by hand. */
const batchNormed = (batch: number, size: number, channels: number): Op => {
  const shape = [batch, size, size, channels] as const, all = batch * size * size * channels
  return kernel(moved(`batch norm [${shape.join()}]`, all, all), shape,
    () => ({ x: f32(...shape), scale: f32(channels), bias: f32(channels) }), ({ x, scale, bias }) => {
      const centred = sub(x, mean(x, [0, 1, 2]))
      return add(mul(mul(centred, rsqrt(add(mean(square(centred), [0, 1, 2]), 1e-5))), scale), bias)
    })
}

export const elementwise: readonly Op[] = [
  update,
  kernel(moved('softmax [4096,256]', 4096 * 256, 4096 * 256), [4096, 256], () => ({ x: f32(4096, 256) }), ({ x }) => softmax(x, -1)),
  normed(2048, 256),
  batchNormed(64, 28, 32),
  kernel(moved('sum over columns [4096,512]', 4096 * 512, 512), [512], () => ({ x: f32(4096, 512) }), ({ x }) => sum(x, 0)),
  kernel(moved('gelu, 1M', MILLION, MILLION), [MILLION], () => ({ x: f32(MILLION) }), ({ x }) => gelu(x)),
  kernel(moved('add, 1M', 2 * MILLION, MILLION), [MILLION], () => ({ x: f32(MILLION), y: f32(MILLION) }), ({ x, y }) => add(x, y)),
]
