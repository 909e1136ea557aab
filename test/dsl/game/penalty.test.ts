import { describe, expect, it } from 'vitest'
import { game, gradientPenalty, maximiser, minimiser, penalty } from '../../../src/dsl/game/index.js'
import { key, type Key } from '../../../src/dsl/keys.js'
import { sgd } from '../../../src/dsl/optim/index.js'
import { add, block, f32, matmul, maximum, mean, mul, parameter, relu, sub, sum, tanh, tensor } from '../../../src/dsl/ops/index.js'
import { init } from '../../../src/dsl/params/index.js'
import type { Shape, Tensor } from '../../../src/dsl/tensor.js'
import { grad } from '../../../src/dsl/transform/grad.js'
import { number, numbers } from '../values.js'

interface Critic { readonly a: Tensor<[2, 3]>; readonly b: Tensor<[3]>; readonly c: Tensor<[3, 1]> }
const values = { a: [0.7, -1.1, 0.4, 0.3, 0.9, -0.6], b: [0.2, -0.1, 0.5], c: [1.3, -0.8, 0.6] }
const critic = ({ a, b, c }: typeof values): Critic => {
  const grid = (rows: number[], n: number): unknown =>
    tensor(Array.from({ length: rows.length / n }, (_, i) => rows.slice(i * n, i * n + n)))
  return { a: grid(a, 3) as Tensor<[2, 3]>, b: tensor(b) as unknown as Tensor<[3]>, c: grid(c, 1) as Tensor<[3, 1]> }
}
type Activation = (x: Tensor<['B', 3]>) => Tensor<['B', 3]>
const leaky: Activation = x => maximum(x, mul(x, 0.2))
const network = (h: Activation) => block('f', (p: Critic, x: Tensor<['B', 2]>): Tensor<['B', 1]> =>
  matmul(h(add(matmul(x, p.a), p.b)), p.c))
const real = tensor([[1, 0.5], [-0.4, 2], [0.3, -1.2]]) as unknown as Tensor<['B', 2]>
const fake = tensor([[-0.2, 0.1], [1.4, 0.8], [-1, 0.6]]) as unknown as Tensor<['B', 2]>
const at = (f: ReturnType<typeof network>) => (p: Critic): Tensor<[]> =>
  gradientPenalty({ weight: 10, of: x => f(p, x), between: [real, fake], key: key(3) }).value

describe('the gradient penalty', () => {
  it.each<[string, Activation]>([['tanh', tanh], ['relu', relu], ['leakyRelu', leaky]])(
    'through %s has the gradient of finite differences', (_, h) => {
      const value = at(network(h))
      const gradient = grad(value)(critic(values))
      for (const leaf of ['a', 'b', 'c'] as const) {
        const exact = numbers(gradient[leaf])
        values[leaf].forEach((v, i) => {
          const moved = (by: number) => number(value(critic({ ...values, [leaf]: values[leaf].with(i, v + by) })))
          expect(exact[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 6)
        })
      }
    })

  it('is (‖w‖ - 1)² for a linear function, wherever the samples lie', () => {
    const linear = (x: Tensor<['B', 2]>) => matmul(x, tensor([[3], [-4]]))
    const { value, kind, weight } = gradientPenalty({ weight: 0.1, of: linear, between: [real, fake], key: key(0) })
    expect([kind, weight]).toEqual(['penalty', 0.1])
    expect(number(value)).toBeCloseTo(16, 12)
  })

  it('looks at a point of each segment, another one for another key', () => {
    // The gradient of x²/2 is x: the penalty tells where it was taken.
    const bowl = (x: Tensor<['B', 1]>) => mul(0.5, sum(mul(x, x), [1]))
    const ends = [tensor([[2]]), tensor([[5]])] as unknown as readonly [Tensor<['B', 1]>, Tensor<['B', 1]>]
    const places = [0, 1, 2, 3].map(seed =>
      1 + Math.sqrt(number(gradientPenalty({ weight: 1, of: bowl, between: ends, key: key(seed) }).value)))
    places.forEach(x => expect(x).toBeGreaterThan(2))
    places.forEach(x => expect(x).toBeLessThan(5))
    expect(new Set(places).size).toBe(4)
  })

  it('has a gradient, 0, where the function is flat', () => {
    const value = at(network(relu))
    const flat = critic({ ...values, c: [0, 0, 0] })
    expect(number(value(flat))).toBeCloseTo(1, 5)
    for (const leaf of ['a', 'b', 'c'] as const) numbers(grad(value)(flat)[leaf]).forEach(g => expect(g).toBe(0))
  })

  it('counts against a player, whichever way it plays', () => {
    const weight = { w: parameter([1], init.ones()) }
    const shrink = (p: { w: Tensor<[1]> }) => [penalty({ name: 'size', weight: 3, value: sum(mul(p.w, p.w)) })]
    for (const sense of [maximiser, minimiser]) {
      const made = game({
        players: { held: sense({ params: weight, optimiser: sgd(0.01) }), other: minimiser({ params: weight, optimiser: sgd(0.01) }) },
        value: ({ other }) => mean(other.w),
        constraints: { held: ({ held }) => shrink(held) },
      })
      const moved = made.move('held')(made.init(key(0)), {}, key(0))
      expect(numbers(moved.state.params.held.w)[0]).toBeCloseTo(1 - 0.01 * 6, 12)
      expect(number(moved.penalty as Tensor<[]>)).toBe(3)
      expect(number(moved.value)).toBe(1)
    }
  })

  it('refuses samples that cannot be mixed, and weights that are none', () => {
    const f = (x: Tensor<Shape>) => sub(sum(x), 1) as Tensor<Shape>
    expect(() => gradientPenalty({ weight: 10, of: f, between: [f32('B', 2), f32('B', 3) as never], key: key(0) })).toThrow(
      'gradientPenalty: real samples are [B, 2] and generated ones [B, 3], but two of one shape [B, ...] were expected')
    expect(() => gradientPenalty({ weight: 0, of: f, between: [real, fake], key: key(0) }))
      .toThrow('gradientPenalty: the weight is 0 but a positive number was expected')
    const key1: Key = key(1)
    expect(() => gradientPenalty({ weight: 1, of: f, between: [f32('B') as never, f32('B') as never], key: key1 })).toThrow('[B] and')
  })
})
