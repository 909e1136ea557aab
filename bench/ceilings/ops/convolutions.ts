/** Convolutions of small images: forward, and their gradients in the input and in the kernel. */
import { conv2d, f32, grad, mul, sum, type Tensor } from 'typegrad'
import { kernel, type Op } from '../op.js'

interface Conv { readonly size: number; readonly from: number; readonly to: number; readonly k: number; readonly stride: 1 | 2 }
const BATCH = 64

type Images = Tensor<[number, number, number, number]>
const images = (...[b, h, w, c]: readonly [number, number, number, number]): Images => f32(b, h, w, c)

const three = ({ size, from, to, k, stride }: Conv): Op[] => {
  const out = size / stride
  const label = `[${BATCH},${size},${size},${from}] k${k}s${stride} -> ${to}`
  const [x, w, y] = [[BATCH, size, size, from], [k, k, from, to], [BATCH, out, out, to]] as const
  const numbers = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
  const told = (name: string) => ({
    name: `${name} ${label}`, unit: 'GFLOP/s' as const, work: 2 * numbers(y) * k * k * from,
    footprint: 4 * (numbers(x) + numbers(w) + numbers(y)),
  })
  const conv = (image: Images, weights: Images): Images => conv2d(image, weights, { stride, padding: 1 })
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
  { size: 7, from: 64, to: 64, k: 3, stride: 1 },
].flatMap(c => three(c as Conv))
