/** Windows as views of images, and their reductions tap by tap: what they cost, and the values of the reference. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/dsl/core/build.js'
import { gradient } from '../../../../src/dsl/core/gradient.js'
import type { Node } from '../../../../src/dsl/core/node.js'
import type { Geometry } from '../../../../src/dsl/core/primitives/window.js'
import { nativeEngine } from '../../../../src/interp/native/engine.js'
import { program } from '../../../../src/interp/program.js'
import { agree, float, Inputs, spread, upTo } from '../../onnx/agree.js'
import { outline, planFault } from './outline.js'

const engine = await nativeEngine({ threads: 1 }).catch(() => null)

const geometry = (stride: number, padding = 0, dilation = 1): Geometry =>
  ({ stride: [stride, stride], padding: [[padding, padding], [padding, padding]], dilation: [dilation, dilation] })
const windows = (x: Node, kh: number, kw: number, g: Geometry, fill = 0): Node => b.patches(x, { ...g, window: [kh, kw], fill })
const pooled = (x: Node, k: number, g: Geometry): Node => b.max(windows(x, k, k, g, -Infinity), [3, 4])

describe('steps', () => {
  const x = b.input({ shape: [2, 9, 11, 4], dtype: 'float32' })
  const kinds = (...outputs: Node[]): readonly string[] => {
    const o = outline(program([x], outputs))
    expect(planFault(o)).toBeNull()
    return o.kinds
  }
  test('windows inside the images are read where they lie', () => {
    expect(kinds(b.tanh(windows(x, 3, 2, geometry(2))))).toEqual(['loop'])
    expect(kinds(windows(x, 3, 2, geometry(2)))).toEqual(['copy'])
  })
  test('windows with padding, or of images whose channels lie apart, are copied', () => {
    expect(kinds(b.tanh(windows(x, 3, 3, geometry(1, 1))))).toEqual(['patches', 'loop'])
    expect(kinds(b.tanh(windows(b.transpose(x, [0, 3, 1, 2]), 2, 2, geometry(1))))).toEqual(['copy', 'patches', 'loop'])
  })
  test('a reduction of windows is one loop with what follows it; padding costs a copy of the images', () => {
    expect(kinds(b.exp(b.neg(pooled(x, 3, geometry(2)))))).toEqual(['loop'])
    expect(kinds(b.exp(pooled(x, 3, geometry(2, 1))))).toEqual(['fill', 'loop'])
  })
  test('windows that are in memory anyway are reduced there, as are large ones', () => {
    const padded = windows(x, 3, 3, geometry(1, 1))
    expect(kinds(b.sum(padded, [3, 4]), b.neg(padded))).toEqual(['patches', 'reduce', 'loop'])
    expect(kinds(b.sum(windows(x, 6, 6, geometry(1)), [3, 4]))).toContain('reduce')
  })
})

describe.skipIf(engine === null)('values', () => {
  const each = [1, 2].flatMap(stride => [0, 1].flatMap(padding => [1, 2].map(dilation => [stride, padding, dilation] as const)))
  test.each(each)('of stride %i, padding %i and dilation %i', async (stride, padding, dilation) => {
    if (engine === null) throw new Error('there is no compiler')
    const inputs = new Inputs()
    const outputs = [[2, 9, 12, 5], [3, 7, 8, 1], [1, 11, 5, 16], [1, 5, 5, 33], [0, 6, 6, 2]].flatMap(shape => {
      const [x, ints] = [inputs.of(spread(...shape)), inputs.of(upTo(50, ...shape))]
      const g = geometry(stride, padding, dilation)
      const max = pooled(x, 3, g)
      const all = windows(b.tanh(x), 3, 2, g)
      return [max, pooled(b.exp(x), 2, g), windows(x, 3, 2, g), all, b.sum(all, [3, 4]), b.sum(windows(x, 2, 1, g), [3, 4]),
        b.prod(windows(x, 1, 3, g, 1), [3, 4]), b.min(windows(x, 2, 2, g, 7), [3, 4]), b.sum(windows(ints, 2, 3, g), [3, 4]),
        b.max(windows(ints, 2, 2, g, -3), [3, 4]), b.sum(windows(x, 2, 2, g), [1, 4]),
        ...gradient(b.sum(b.mul(max, max), [0, 1, 2, 3]), [x])]
    })
    await agree(engine, inputs, outputs)
  })

  test('of windows as wide as the images, of images that are views, and of what is no number', async () => {
    if (engine === null) throw new Error('there is no compiler')
    const inputs = new Inputs()
    const x = inputs.of(spread(2, 6, 5, 4))
    const odd = inputs.of(float([1, 2, 4, 1], [NaN, 1, -Infinity, -Infinity, -0, 0, -Infinity, -Infinity]))
    const turned = b.transpose(x, [0, 2, 3, 1])
    await agree(engine, inputs, [
      b.sum(windows(x, 6, 5, geometry(1)), [3, 4]), b.max(windows(x, 6, 1, geometry(4)), [3, 4]),
      pooled(b.reverse(x, [1, 2]), 2, geometry(2)), pooled(b.reverse(x, [3]), 2, geometry(2)), pooled(turned, 2, geometry(1, 1)),
      pooled(b.slice(x, [0, 1, 1, 1], [2, 6, 5, 3]), 2, geometry(2)), pooled(b.broadcastTo(b.slice(x, [0, 0, 0, 0], [1, 6, 1, 4]),
        [3, 6, 5, 4]), 2, geometry(2)), pooled(odd, 2, geometry(2)), b.min(windows(odd, 2, 2, geometry(1)), [3, 4]),
    ])
  })
})
