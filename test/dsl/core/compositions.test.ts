/** Gradients of both orders of the public compositions against differences. */
import { expect, test } from 'vitest'
import { constant, input } from '../../../src/dsl/core/build.js'
import { gradient, jvp } from '../../../src/dsl/core/gradient.js'
import { compositions } from './compositions.js'
import { difference, dot, gap, noise, noiseLike, projected, run, total, type Bound } from './numeric.js'

test.each(compositions.map(c => [c.name, c] as const))('%s', (_, { shapes, f, prepare = x => x }) => {
  const inputs = shapes.map(shape => input({ shape, dtype: 'float32' }))
  const values = shapes.map((shape, i) => { const v = noise(shape, i + 5); return { ...v, data: Float64Array.from(v.data, prepare) } })
  const bound: Bound = { inputs, values, output: f(...inputs), smooth: [...shapes.keys()] }
  const directions = inputs.map((x, i) => noiseLike(x, 10 + i))
  const along = (ns: ReturnType<typeof gradient>): number =>
    run(ns, inputs, values).reduce((n, g, i) => n + dot(g.data, directions[i].data), 0)

  const loss = projected(bound.output, 1)
  const grads = gradient(loss, inputs)
  expect(gap([along(grads)], difference(loss, bound, bound.smooth, directions)), 'gradient').toBeLessThan(1e-6)
  const [forward] = run(jvp([bound.output], inputs, directions.map(constant)), inputs, values)
  expect(gap(forward.data, difference(bound.output, bound, bound.smooth, directions)), 'forward derivative').toBeLessThan(1e-6)
  const curved = total(grads.map((g, i) => projected(g, 20 + i)))
  expect(gap([along(gradient(curved, inputs))], difference(curved, bound, bound.smooth, directions)), 'second derivative')
    .toBeLessThan(1e-6)
})
