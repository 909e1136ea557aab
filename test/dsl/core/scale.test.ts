/** Graphs of the size that models have: building, differentiating and rebuilding stay proportional, and nothing recurses. */
import { expect, test } from 'vitest'
import * as b from '../../../src/dsl/core/build.js'
import { gradient } from '../../../src/dsl/core/gradient.js'
import { reachable, type Node } from '../../../src/dsl/core/node.js'
import { substitute } from '../../../src/dsl/core/substitute.js'
import { simplify } from '../../../src/interp/simplify/simplify.js'
import { run } from './numeric.js'

/** Seconds of the processor, which neighbours on the machine do not lengthen as they do those of the clock. */
const seconds = (f: () => void): number => {
  const start = process.cpuUsage()
  f()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}
/** A network of n nodes or a few more: layers of different operations, each used twice. */
const network = (n: number): { x: Node; y: Node } => {
  const x: Node = b.input({ shape: [2, 3], dtype: 'float32' })
  let [a, y] = [x, x]
  for (let i = 0; i < n / 5; i++) [a, y] = [y, b.tanh(b.add(b.mul(y, a), b.sin(b.sub(a, i))))]
  return { x, y }
}

test('10,000 nodes trace, differentiate, are rebuilt and simplified in under a second', () => {
  const once = (): number => seconds(() => {
    const { x, y } = network(8000)
    expect(reachable([y]).length).toBeGreaterThan(10_000)
    const grads = gradient(b.sum(y, [0, 1]), [x])
    expect(reachable(simplify(substitute(grads, new Map([[x, b.mul(x, x)]])))).length).toBeGreaterThan(10_000)
  })
  // The best of three: the first also compiles the functions.
  const took = Math.min(once(), once(), once())
  expect(took, `${took.toFixed(2)} s`).toBeLessThan(1)
})

test('twice the nodes take about twice the time', () => {
  const time = (n: number): number =>
    Math.min(...[0, 1, 2].map(() => seconds(() => { const { x, y } = network(n); gradient(b.sum(y, [0, 1]), [x]) })))
  time(2000)
  const [small, large] = [time(5000), time(20_000)]
  expect(large / small, `${small.toFixed(3)} s and ${large.toFixed(3)} s`).toBeLessThan(12)
})

test('20 squarings and their gradient stay under 100 nodes', () => {
  const x = b.input({ shape: [], dtype: 'float32' })
  let y: Node = x
  for (let i = 0; i < 20; i++) y = b.mul(y, y)
  const [g] = gradient(y, [x])
  expect(reachable([y, g]).length).toBeLessThan(100)
  const [value] = run([g], [x], [{ shape: [], dtype: 'float32', data: Float64Array.of(1 + 1e-6) }])
  expect(value.data[0] / (2 ** 20 * (1 + 1e-6) ** (2 ** 20 - 1))).toBeCloseTo(1, 8)
})

test('a chain of 50,000 nodes differentiates, is rebuilt and runs without a stack overflow', () => {
  const x = b.input({ shape: [], dtype: 'float32' })
  let y: Node = x
  for (let i = 0; i < 50_000; i++) y = b.sin(b.add(y, 0.001))
  const [g] = gradient(y, [x])
  const z = b.input({ shape: [], dtype: 'float32' })
  const rebuilt = substitute([y, g], new Map([[x, z]]))
  const value = { shape: [], dtype: 'float32' as const, data: Float64Array.of(0.5) }
  expect(run(rebuilt, [z], [value]).map(v => v.data[0])).toEqual(run([y, g], [x], [value]).map(v => v.data[0]))
})
