import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gradient, jvp, vjp } from '../../../src/dsl/core/gradient.js'
import { constant, input } from '../../../src/dsl/core/primitives/leaves.js'
import { full } from '../../../src/dsl/core/primitives/structure.js'
import { reachable } from '../../../src/dsl/core/node.js'
import { substitute } from '../../../src/dsl/core/substitute.js'
import { primitives, type Op } from '../../../src/dsl/core/table.js'
import { substituteDim } from '../../../src/dsl/shape/dim.js'
import { sizeOf } from '../../../src/dsl/value.js'
import { cases } from './cases.js'
import { bind, difference, dot, gap, noiseLike, projected, run, total } from './numeric.js'

const runs = { numRuns: 60, seed: 2026 }
const ops = Object.keys(primitives) as Op[]
/** What central differences with a step of 1e-5 can promise in float64. */
const close = 1e-6

describe.each(ops)('%s', op => {
  const prim = primitives[op]

  test('its record is whole', () => {
    expect(prim.op).toBe(op)
    expect(prim.summary).toMatch(/^[A-Za-z].*\.$/)
    expect(prim.example.length).toBeGreaterThan(0)
  })

  test('its type is that of its value, its formula is text, its cost a count', () => {
    let met = 0
    fc.assert(fc.property(cases[op], c => {
      const { inputs, values, output } = bind(c)
      const [value] = run([output], inputs, values)
      expect(value.shape).toEqual(output.shape)
      expect(value.dtype).toBe(output.dtype)
      expect(value.data.length).toBe(sizeOf(value.shape))
      for (const node of reachable([output])) {
        if (node.op === op) met++
        const flops = node.prim.flops(node)
        expect(typeof flops === 'number' && flops >= 0, `${node.op} costs ${flops}`).toBe(true)
        const formula: unknown = node.prim.latex(node.inputs.map((_, i) => `x_${i}`), node.attrs)
        expect(typeof formula === 'string' && formula.length > 0 && !/undefined|object|NaN/.test(formula), `formula ${formula as string}`)
          .toBe(true)
      }
    }), runs)
    expect(met, 'cases that hold the primitive').toBeGreaterThanOrEqual(op === 'broadcastTo' ? 10 : 20)
  })

  test('with symbols, then sizes, it is the node made with sizes', () => {
    fc.assert(fc.property(cases[op], c => {
      const symbolic = c.inputs.map(s => input({ shape: s.shape, dtype: s.dtype }))
      const made = c.build(symbolic, d => d)
      const concrete =
        c.inputs.map((s, i) => input({ shape: s.shape.map(d => substituteDim(d, c.sizes)), dtype: s.dtype,
          id: (symbolic[i].attrs as { id: string }).id }))
      const [bound] = substitute([made], new Map(), c.sizes)
      // Of a rule there is one for each substitution, as nobody can see that it does not depend on sizes.
      if (op !== 'customVjp') expect(bound).toBe(c.build(concrete, d => substituteDim(d, c.sizes)))
      expect(made.shape.map(d => substituteDim(d, c.sizes))).toEqual(bound.shape)
      expect(substituteDim(made.prim.flops(made), c.sizes)).toBe(bound.prim.flops(bound))
    }), runs)
  })

  test('with symbols its gradient is that with sizes', () => {
    fc.assert(fc.property(cases[op], c => {
      const symbolic = c.inputs.map(s => input({ shape: s.shape, dtype: s.dtype }))
      const made = c.build(symbolic, d => d)
      if (made.dtype !== 'float32' || c.inputs.every(s => !s.smooth)) return
      const wrt = c.inputs.flatMap((s, i) => s.smooth ? [i] : [])
      const values = bind(c).values
      const grads = vjp([made], [full(1, made.shape)], wrt.map(i => symbolic[i])).map((g, i) => g ?? full(0, symbolic[wrt[i]].shape))
      const [inputs, late] = [substitute(symbolic, new Map(), c.sizes), substitute(grads, new Map(), c.sizes)]
      const output = c.build(inputs, d => substituteDim(d, c.sizes))
      const early = vjp([output], [full(1, output.shape)], wrt.map(i => inputs[i])).map((g, i) => g ?? full(0, inputs[wrt[i]].shape))
      const [a, b] = [run(late, inputs, values), run(early, inputs, values)]
      a.forEach((v, i) => { expect(v.shape).toEqual(b[i].shape); expect(gap(v.data, b[i].data)).toBeLessThan(1e-12) })
    }), runs)
  })

  test('its gradient, its forward derivative and its second derivative are those of differences', () => {
    let compared = 0
    fc.assert(fc.property(cases[op], c => {
      const b = bind(c)
      if (b.output.dtype !== 'float32' || b.smooth.length === 0) return
      const wrt = b.smooth.map(i => b.inputs[i])
      const loss = projected(b.output, 1)
      if (prim.vjp === null && op !== 'scan' && op !== 'input') {
        expect(vjp([loss], [full(1, [])], wrt)).toEqual(wrt.map(() => null))
        return
      }
      compared++
      const directions = wrt.map((w, i) => noiseLike(w, 10 + i))
      const grads = gradient(loss, wrt)
      const got = run(grads, b.inputs, b.values)
      got.forEach((g, i) => { expect(g.shape).toEqual(wrt[i].shape) })
      const along = got.reduce((n, g, i) => n + dot(g.data, directions[i].data), 0)
      expect(gap([along], difference(loss, b, b.smooth, directions)), 'gradient').toBeLessThan(close)

      const [forward] = run(jvp([b.output], wrt, directions.map(constant)), b.inputs, b.values)
      expect(gap(forward.data, difference(b.output, b, b.smooth, directions)), 'forward derivative').toBeLessThan(close)

      const curved = total(grads.map((g, i) => projected(g, 20 + i)))
      const second = run(gradient(curved, wrt), b.inputs, b.values)
      const bent = second.reduce((n, g, i) => n + dot(g.data, directions[i].data), 0)
      expect(gap([bent], difference(curved, b, b.smooth, directions)), 'second derivative').toBeLessThan(close)
    }), runs)
    // A cast to float32 from float32 is never made, and from nothing else does a gradient flow.
    if ((prim.vjp !== null && op !== 'cast') || op === 'scan') expect(compared, 'cases with a gradient').toBeGreaterThan(10)
  })
})
