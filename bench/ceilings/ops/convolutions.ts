/** Convolutions of small images, each channel by itself among them: forward, and their gradients; pooling. */
import { conv2d, f32, grad, maxPool2d, mul, sum, type Tensor } from 'typegrad'
import { kernel, moved, type Op } from '../op.js'

interface Conv {
  readonly size: number; readonly from: number; readonly to: number; readonly k: number; readonly stride: 1 | 2
  /** Each channel by itself. */
  readonly depthwise?: boolean
}
const BATCH = 64

type Images = Tensor<[number, number, number, number]>
const images = (...[b, h, w, c]: readonly [number, number, number, number]): Images => f32(b, h, w, c)

const three = ({ size, from, to, k, stride, depthwise = false }: Conv): Op[] => {
  const out = size / stride, groups = depthwise ? from : 1
  const label = `[${BATCH},${size},${size},${from}] k${k}s${stride} -> ${to}${depthwise ? ' depthwise' : ''}`
  const [x, w, y] = [[BATCH, size, size, from], [k, k, from / groups, to], [BATCH, out, out, to]] as const
  const numbers = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
  const told = (name: string) => ({
    name: `${name} ${label}`, unit: 'GFLOP/s' as const, work: 2 * numbers(y) * k * k * from / groups,
    footprint: 4 * (numbers(x) + numbers(w) + numbers(y)),
  })
  const conv = (image: Images, weights: Images): Images => conv2d(image, weights, { stride, padding: 1, groups })
  return [
    kernel(told('conv'), y, () => ({ x: images(...x), w: images(...w) }), o => conv(o.x, o.w)),
    // The function is linear in what it is differentiated in: its value there is not part of the gradient.
    kernel(told('conv input gradient'), x, () => ({ w: images(...w), y: images(...y) }),
      o => grad((image: Images) => sum(mul(conv(image, o.w), o.y)))(images(...x))),
    kernel(told('conv kernel gradient'), w, () => ({ x: images(...x), y: images(...y) }),
      o => grad((weights: Images) => sum(mul(conv(o.x, weights), o.y)))(images(...w))),
  ]
}

export const convolutions: readonly Op[] = [
  { size: 28, from: 1, to: 32, k: 4, stride: 2 }, { size: 14, from: 64, to: 64, k: 4, stride: 2 },
  { size: 7, from: 64, to: 64, k: 3, stride: 1 }, { size: 28, from: 64, to: 64, k: 3, stride: 1, depthwise: true },
].flatMap(c => three(c as Conv))

const [SIZE, CHANNELS] = [28, 32]
const [whole, halved] = [SIZE, SIZE / 2].map(size => [BATCH, size, size, CHANNELS] as const)
const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

export const pooling: readonly Op[] = [
  kernel(moved(`max pool 2x2 [${whole.join()}]`, count(whole), count(halved)), halved, () => ({ x: images(...whole) }),
    ({ x }) => maxPool2d(x, 2, { stride: 2 })),
  kernel(moved(`max pool gradient 2x2 [${whole.join()}]`, count(whole) + count(halved), count(whole)), whole,
    () => ({ x: images(...whole), y: images(...halved) }),
    ({ x, y }) => grad((image: Images) => sum(mul(maxPool2d(image, 2, { stride: 2 }) as Images, y)))(x)),
]
