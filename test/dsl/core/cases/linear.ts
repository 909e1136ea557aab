import fc from 'fast-check'
import type { Conv } from '../../../../src/dsl/core/primitives/linear.js'
import { convOutput } from '../../../../src/dsl/core/primitives/window.js'
import type { Dim } from '../../../../src/dsl/tensor.js'
import { anyDim, anyShape, caseOf, real, sizes, slot, someDim, typed, type Case, type Sizes } from './draw.js'

type Linear = 'matmul' | 'conv2d' | 'conv2dInput' | 'conv2dKernel' | 'patches' | 'fold'

/** Windows that fit: sizes are symbols H and W, as large as one window at least. */
interface Setting {
  readonly conv: Conv
  readonly window: [number, number]
  readonly batch: Dim
  readonly cin: number
  readonly cout: number
  readonly s: Sizes
}
const small = fc.integer({ min: 0, max: 2 })
const pair = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<[T, T]> => fc.tuple(one, one)
const windows: fc.Arbitrary<Setting> = fc.record({
  window: pair(fc.integer({ min: 1, max: 3 })), stride: pair(fc.integer({ min: 1, max: 3 })), padding: pair(pair(small)),
  dilation: pair(fc.integer({ min: 1, max: 2 })),
  groups: fc.constantFrom(1, 1, 2, 3), perGroup: pair(fc.integer({ min: 1, max: 2 })), extra: pair(fc.integer({ min: 0, max: 3 })),
  batch: someDim, s: sizes,
}).map(({ window, stride, padding, dilation, groups, perGroup, extra, batch, s }) => {
  const size = (i: number): number => Math.max(1, dilation[i] * (window[i] - 1) + 1 - padding[i][0] - padding[i][1]) + extra[i]
  return { conv: { stride, padding, dilation, groups }, window, batch, cin: perGroup[0] * groups, cout: perGroup[1] * groups,
    s: { ...s, H: size(0), W: size(1) } }
})

const image = (c: Setting): Dim[] => [c.batch, 'H', 'W', c.cin]
const kernel = (c: Setting): Dim[] => [...c.window, c.cin / c.conv.groups, c.cout]
const positions = (c: Setting): Dim[] => [0, 1].map(i => convOutput(['H', 'W'][i], c.window[i], c.conv, i))
const output = (c: Setting): Dim[] => [c.batch, ...positions(c), c.cout]
const geometry = ({ conv: { groups: _, ...g } }: Setting) => g

export const linearCases: { readonly [P in Linear]: fc.Arbitrary<Case> } = {
  matmul: fc.tuple(anyShape(0, 2), fc.tuple(anyDim, anyDim, anyDim), fc.boolean(), sizes).chain(([batch, [m, k, n], shared, s]) =>
    fc.tuple(slot([...batch, m, k], s, real), slot([...(shared ? [] : batch), k, n], s, real)).map(xs => caseOf('matmul', xs, {}, s))),
  conv2d: windows.chain(c => fc.tuple(slot(image(c), c.s, real), slot(kernel(c), c.s, real)).map(xs => caseOf('conv2d', xs, c.conv, c.s))),
  conv2dInput: windows.chain(c => fc.tuple(slot(output(c), c.s, real), slot(kernel(c), c.s, real)).map(xs =>
    caseOf('conv2dInput', xs, { ...c.conv, size: ['H', 'W'] }, c.s))),
  conv2dKernel: windows.chain(c => fc.tuple(slot(image(c), c.s, real), slot(output(c), c.s, real)).map(xs =>
    caseOf('conv2dKernel', xs, { ...c.conv, kernel: c.window }, c.s))),
  patches: fc.tuple(windows, fc.constantFrom(0, 1.5, -3)).chain(([c, fill]) =>
    typed(image(c), c.s, 'float32').map(x => caseOf('patches', [x], { ...geometry(c), window: c.window, fill }, c.s))),
  fold: windows.chain(c => slot([c.batch, ...positions(c), ...c.window, c.cin], c.s, real).map(x =>
    caseOf('fold', [x], { ...geometry(c), window: c.window, size: ['H', 'W'] }, c.s))),
}
