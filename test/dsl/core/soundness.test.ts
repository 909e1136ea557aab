/** A type rule is sound: operands that do not fit are refused with a sentence, and what is accepted has a value of the promised type. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { input } from '../../../src/dsl/core/build.js'
import { primitives, type Op } from '../../../src/dsl/core/table.js'
import { substituteDim } from '../../../src/dsl/shape/dim.js'
import type { DType } from '../../../src/dsl/tensor.js'
import { TypegradError } from '../../../src/dsl/errors.js'
import { sizeOf, type Value } from '../../../src/dsl/value.js'
import { cases } from './cases.js'
import { valuesOf } from './cases/draw.js'
import { run } from './numeric.js'

const ops = (Object.keys(primitives) as Op[]).filter(op => !['scan', 'project', 'customVjp'].includes(op))
const indexed: readonly Op[] = ['gather', 'takeAlong', 'scatterAdd', 'scatterAlong']
const filled = (shape: readonly number[], dtype: DType): Value => {
  const n = sizeOf(shape)
  return { shape, dtype, data: dtype === 'float32' ? new Float64Array(n).fill(1) : dtype === 'int32' ? new Int32Array(n)
    : new Uint8Array(n) }
}
const change = fc.record({ which: fc.nat(9), how: fc.constantFrom('shape', 'size', 'rank', 'dtype'),
  shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 }),
  dtype: fc.constantFrom<DType>('float32', 'int32', 'bool'), at: fc.nat(5) })

describe.each(ops)('%s', op => {
  test('with one operand changed', () => {
    let refused = 0
    fc.assert(fc.property(cases[op], change, (c, { which, how, shape, dtype, at }) => {
      if (c.inputs.length === 0) return
      const values = valuesOf(c)
      const k = which % values.length
      const old = values[k]
      const changed = how === 'dtype' ? filled(old.shape, dtype) : how === 'shape' ? filled(shape, old.dtype)
        : how === 'rank' ? filled([...old.shape, 2], old.dtype) : filled(old.shape.map((d, i) => i === at % old.shape.length ? d + 1 : d),
          old.dtype)
      const given = values.with(k, changed)
      const inputs = given.map(v => input({ shape: v.shape, dtype: v.dtype }))
      let node
      try {
        node = c.build(inputs, d => substituteDim(d, c.sizes))
      } catch (e) {
        refused++
        expect(e).toBeInstanceOf(TypegradError)
        expect((e as TypegradError).message).toMatch(/^\w+( along \d+)?: /)
        expect((e as TypegradError).message).not.toMatch(/undefined|NaN|\[object/)
        return
      }
      expect(node.shape.every(d => typeof d === 'number' && Number.isInteger(d) && d >= 0),
        `${op} has the shape [${node.shape.join(', ')}]`).toBe(true)
      let value
      try {
        value = run([node], inputs, given)[0]
      } catch (e) {
        // Where indices point is no matter of types: a position beside its axis stops the program, with a sentence.
        expect(indexed).toContain(op)
        expect((e as Error).message).toMatch(/^\w+: position -?\d+ lies outside of an axis of size \d+ \(/)
        return
      }
      expect([value.shape, value.dtype, value.data.length]).toEqual([node.shape, node.dtype, sizeOf(value.shape)])
      // An element that was never written, or read outside an array, is NaN here.
      expect(value.data.every(x => !Number.isNaN(x)),
        `${op} of ${given.map(v => `${v.dtype} [${v.shape.join(', ')}]`).join(' and ')}: ${value.data.join()}`).toBe(true)
    }), { numRuns: 150, seed: 5 })
    const free = ['input', 'constant', 'iota', 'dimSize', 'stopGradient', 'straightThrough', 'named', 'cast']
    if (!free.includes(op)) expect(refused).toBeGreaterThan(0)
  })
})
