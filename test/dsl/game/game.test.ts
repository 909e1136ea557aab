import { describe, expect, it } from 'vitest'
import { leavesOf } from '../../../src/dsl/core/trees.js'
import { clipWeights, game, gradientPenalty, maximiser, minimiser, penalty } from '../../../src/dsl/game/index.js'
import { foldIn, key, splitKey, type Key } from '../../../src/dsl/keys.js'
import { adam, rmsprop, sgd } from '../../../src/dsl/optim/index.js'
import { abs, add, exp, f32, fromArray, log, matmul, mean, mul, neg, normal, parameter, softplus, square, sub, sum, tanh, tensor,
  zeros } from '../../../src/dsl/ops/index.js'
import { init } from '../../../src/dsl/params/index.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { grad } from '../../../src/dsl/transform/grad.js'
import type { Value } from '../../../src/dsl/value.js'
import { number } from '../../dsl/values.js'
import { first, host, play } from './play.js'

const at = (value: number) => parameter([], init.constant(value))

/** Dirac-GAN (Mescheder et al., 2018, definition 2.1) in its bilinear form: V(ψ, θ) = ψθ, the equilibrium at the origin. */
const dirac = game({
  players: {
    discriminator: maximiser({ params: { psi: at(0) }, optimiser: sgd(0.1) }),
    generator: minimiser({ params: { theta: at(1) }, optimiser: sgd(0.1) }),
  },
  value: ({ discriminator, generator }) => mul(discriminator.psi, generator.theta),
})
const nothing = {}

describe('the Dirac-GAN', () => {
  const radius = (s: ReturnType<typeof dirac.init>) => Math.hypot(number(s.params.discriminator.psi), number(s.params.generator.theta))
  it('orbits when the players alternate', () => {
    let state = dirac.init(key(0))
    const radii: number[] = []
    for (let i = 0; i < 80; i++) {
      state = dirac.step(state, nothing, key(i)).state
      radii.push(radius(state))
    }
    // The linear map of a round has determinant 1 and |trace| < 2: ψ² + θ² - 0.1ψθ is conserved, and the orbit neither falls nor rises.
    expect(Math.max(...radii)).toBeLessThan(1.06)
    expect(Math.min(...radii)).toBeGreaterThan(0.94)
  })
  it('spirals outwards when they move at once', () => {
    let state = dirac.init(key(0))
    for (let i = 0; i < 100; i++) {
      const [d, g] = [dirac.move('discriminator')(state, nothing, key(0)).state, dirac.move('generator')(state, nothing, key(0)).state]
      state = {
        aux: {}, params: { discriminator: d.params.discriminator, generator: g.params.generator },
        optimiser: { discriminator: d.optimiser.discriminator, generator: g.optimiser.generator },
      }
    }
    expect(radius(state)).toBeCloseTo((1 + 0.1 ** 2) ** 50, 6)
  })
})

describe('a move', () => {
  const critic = { w: parameter([2, 3], init.normal(0.5)), v: f32(3, 1) }
  const f = (p: typeof critic, x: Tensor<['B', 2]>) => matmul(tanh(matmul(x, p.w)), p.v)
  const made = game({
    players: {
      critic: maximiser({ params: critic, optimiser: adam(0.1), steps: 3 }),
      generator: minimiser({ params: { shift: f32(2) }, optimiser: rmsprop(0.1) }),
    },
    value: ({ critic: c, generator: g }, { x }: { x: Tensor<['B', 2]> }, k: Key) =>
      sub(mean(f(c, x)), mean(f(c, add(normal(k, ['B', 2]), g.shift)))),
    constraints: {
      critic: ({ critic: c, generator: g }, { x }, k) => [
        gradientPenalty({ weight: 10, of: y => f(c, y), between: [x, add(normal(k, ['B', 2]), g.shift)], key: k }),
        clipWeights(0.7),
      ],
    },
    metrics: ({ generator }) => ({ size: sum(abs(generator.shift)) }),
  })
  const rows = [1, 2, 3, -1, 0, 1, 0.5, 0.5]
  const data = (tree: object) => leavesOf<Value>(tree).map(({ leaf }) => Array.from(leaf.data))

  it('leaves every bit of the others, parameters and optimiser state, and moves all of its own', async () => {
    const start = await play(made.step, first(made), { x: host([4, 4, 2], [...rows, ...rows, ...rows, ...rows]) }, 1, ['K', 'B'])
    for (const [mover, other] of [['critic', 'generator'], ['generator', 'critic']] as const) {
      const { state } = await play(made.move(mover), start.state, { x: host([4, 2], rows) }, 2)
      expect(data(state.params[other])).toEqual(data(start.state.params[other]))
      expect(data(state.optimiser[other])).toEqual(data(start.state.optimiser[other]))
      data(state.params[mover]).forEach((leaf, i) => expect(leaf).not.toEqual(data(start.state.params[mover])[i]))
      expect(data(state.optimiser[mover])).not.toEqual(data(start.state.optimiser[mover]))
    }
  })

  it('is what a round is made of: its minibatches in order, a key each', async () => {
    const batches = [0, 1, 2, 3].map(i => rows.map(v => v + i))
    const round = await play(made.step, first(made), { x: host([4, 4, 2], batches.flat()) }, 7, ['K', 'B'])
    const { critic: c, generator: g } = splitKey(key(7), 'critic', 'generator')
    const keys = [foldIn(c, 0), foldIn(c, 1), foldIn(c, 2), foldIn(g, 0)]
    let state = first(made)
    const values: number[] = []
    for (const [i, mover] of (['critic', 'critic', 'critic', 'generator'] as const).entries()) {
      const moved = await play((s: typeof state, b: { x: Tensor<['B', 2]> }) => made.move(mover)(s, b, keys[i]),
        state, { x: host([4, 2], batches[i]) }, 0)
      state = moved.state
      values.push((moved.value as never as Value).data[0])
    }
    expect(data(round.state)).toEqual(data(state))
    const figures = round.metrics as never as Record<string, Value>
    expect(figures['criticValue'].data[0]).toBe(values[2])
    expect(figures['generatorValue'].data[0]).toBe(values[3])
    expect(figures['size'].data[0]).toBe(0)
    expect(figures['criticPenalty'].data[0]).toBeGreaterThan(0)
  })

  it('brings clipped parameters back after every update', async () => {
    const { state } = await play(made.step, first(made), { x: host([4, 4, 2], [...rows, ...rows, ...rows, ...rows]) }, 1, ['K', 'B'])
    const { state: later } = await play(made.step, state, { x: host([4, 4, 2], [...rows, ...rows, ...rows, ...rows]) }, 2, ['K', 'B'])
    const all = data(later.params.critic).flat()
    expect(Math.max(...all.map(Math.abs))).toBe(0.7)
    expect(data(later.params.generator).flat()).not.toContain(0.7)
  })

  it('is stated as data: one value for all who share it, the constraints beside it', () => {
    const { objectives } = made.statement({ x: f32(4, 'B', 2) }, key(0))
    expect(objectives.map(o => [o.player, o.sense, o.steps])).toEqual([['critic', 'maximise', 3], ['generator', 'minimise', 1]])
    expect(objectives[0].value).toBe(objectives[1].value)
    expect(objectives[0].constraints).toEqual([
      { kind: 'penalty', name: 'gradient penalty', weight: 10, value: expect.anything() as unknown }, { kind: 'clip', bound: 0.7 },
    ])
    expect(objectives[1].constraints).toEqual([])
  })

  it('follows its sign: the wrong one makes the payoff worse', async () => {
    const wrong = game({
      players: { critic: minimiser({ params: critic, optimiser: sgd(0.1) }), generator: minimiser({ params: {}, optimiser: sgd(0.1) }) },
      value: ({ critic: c }, { x }: { x: Tensor<['B', 2]> }) => mean(f(c, x)),
    })
    const right = game({
      players: { critic: maximiser({ params: critic, optimiser: sgd(0.1) }), generator: minimiser({ params: {}, optimiser: sgd(0.1) }) },
      value: ({ critic: c }, { x }: { x: Tensor<['B', 2]> }) => mean(f(c, x)),
    })
    const gains = await Promise.all([wrong, right].map(async g => {
      const x = { x: host([2, 4, 2], [...rows, ...rows]) }
      const one = await play(g.step, first(g), x, 0, ['K', 'B'])
      const two = await play(g.step, one.state, x, 0, ['K', 'B'])
      const [before, after] = [one, two].map(r => (r.metrics as never as Record<string, Value>)['criticValue'].data[0])
      return after - before
    }))
    expect(gains[0]).toBeLessThan(0)
    expect(gains[1]).toBeGreaterThan(0)
  })
})

describe('a player with a payoff of its own', () => {
  it('plays for it, and the others for the shared one', async () => {
    const made = game({
      players: {
        discriminator: maximiser({ params: { psi: at(0.5) }, optimiser: sgd(1) }),
        generator: minimiser({ params: { theta: at(2) }, optimiser: sgd(1) }),
      },
      value: ({ discriminator: d, generator: g }) => neg(softplus(mul(d.psi, g.theta))),
      payoffs: { generator: ({ discriminator: d, generator: g }) => softplus(neg(mul(d.psi, g.theta))) },
    })
    const { state } = await play(made.move('generator'), first(made), {}, 0)
    const theta = (state.params.generator.theta as never as Value).data[0]
    expect(theta).toBeCloseTo(2 + 0.5 / (1 + Math.exp(1)), 12)
    const [d, g] = made.statement({}, key(0)).objectives
    expect(d.value).not.toBe(g.value)
  })
})

describe('the optimal discriminator', () => {
  it('is p / (p + q), worth -log 4 + 2 JSD, where the players are tables', async () => {
    const [p, q] = [[0.5, 0.3, 0.15, 0.05], [0.1, 0.2, 0.3, 0.4]]
    const expected = (weights: readonly number[], x: Tensor<[4]>) => sum(mul(tensor(weights) as unknown as Tensor<[4]>, x))
    const made = game({
      players: {
        discriminator: maximiser({ params: { logits: parameter([4], init.zeros()) }, optimiser: adam(0.1), steps: 400 }),
        generator: minimiser({ params: { unused: parameter([1], init.zeros()) }, optimiser: sgd(0.1) }),
      },
      value: ({ discriminator: { logits } }) => sub(neg(expected(p, softplus(neg(logits)))), expected(q, softplus(logits))),
    })
    const { state, metrics } = await play(made.step, first(made), {}, 0)
    const logits = Array.from((state.params.discriminator.logits as never as Value).data)
    logits.forEach((l, i) => expect(1 / (1 + Math.exp(-l))).toBeCloseTo(p[i] / (p[i] + q[i]), 4))
    const kl = (a: readonly number[], b: readonly number[]) => a.reduce((s, x, i) => s + x * Math.log(x / b[i]), 0)
    const middle = p.map((x, i) => (x + q[i]) / 2)
    const value = (metrics.generatorValue as never as Value).data[0]
    expect(value).toBeCloseTo(-Math.log(4) + kl(p, middle) + kl(q, middle), 6)
  })
})

describe('a clipped linear critic', () => {
  it('ends at the corner of its box, worth c ‖Δμ‖₁', async () => {
    const made = game({
      players: {
        critic: maximiser({ params: { w: parameter([3, 1], init.zeros()) }, optimiser: rmsprop(0.01), steps: 20 }),
        generator: minimiser({ params: { unused: f32(1) }, optimiser: sgd(0.1) }),
      },
      value: ({ critic: { w } }, { x, y }: { x: Tensor<['B', 3]>; y: Tensor<['B', 3]> }) => sub(mean(matmul(x, w)), mean(matmul(y, w))),
      constraints: { critic: [clipWeights(0.05)] },
    })
    const x = [1, -1, 0.5, 3, 1, 1.5], y = [0, 2, 0, 1, 2, 1.5]
    const rounds = (rows: number[]) => host([21, 2, 3], Array.from({ length: 21 }, () => rows).flat())
    const { metrics } = await play(made.step, first(made), { x: rounds(x), y: rounds(y) }, 0, ['K', 'B'])
    const means = [0, 1, 2].map(j => (x[j] + x[3 + j] - y[j] - y[3 + j]) / 2)
    expect((metrics.generatorValue as never as Value).data[0]).toBeCloseTo(0.05 * means.reduce((s, m) => s + Math.abs(m), 0), 10)
  })
})

describe('mistakes of a game', () => {
  const one = { params: { w: f32(2) }, optimiser: sgd(0.1) }
  const plain = game as unknown as (spec: unknown) => { move(p: string): unknown; step(s: unknown, b: unknown, k: Key): unknown }
  const two = { a: maximiser(one), b: minimiser(one) }
  const value = ({ a, b }: { a: { w: Tensor<[2]> }; b: { w: Tensor<[2]> } }) => sum(mul(a.w, b.w))
  it.each<[string, unknown, string]>([
    ['nobody', { players: {}, value }, 'game: nobody plays, but a game has two players or more; one loss is trained by trainStep({...})'],
    ['a sense that is none', { players: { ...two, a: { ...one, sense: 'max' } }, value },
      'game: a has the sense max, but a player is a minimiser({...}) or a maximiser({...})'],
    ['a stranger', { players: two, value, constraints: { c: [clipWeights(1)] } }, 'game: constraints names c, but the players are a and b'],
    ['no payoff', { players: two, payoffs: { a: value } }, 'game: b has no payoff; give the value that all share, or payoffs.b'],
    ['half a step', { players: { ...two, a: { ...two.a, steps: 0.5 } }, value },
      'game: a moves 0.5 times a round, but a whole number from 1 on was expected'],
  ])('%s', (_, spec, sentence) => expect(() => plain(spec)).toThrow(sentence))
  it('of a move', () => {
    const made = game({ players: two, value })
    expect(() => plain({ players: two, value }).move('c')).toThrow('game: c does not play; the players are a and b')
    expect(() => made.step(made.init(key(0)), { x: zeros([3, 4]) }, key(0)))
      .toThrow('game: batch.x is [3, 4], but a round takes 2 minibatches, a field [2, B, ...]')
    const stranger = ({ critc }: { critc: { w: Tensor<[2]> } }) => sum(critc.w)
    const sentence = 'game: critc does not play; the players are a and b'
    expect(() => plain({ players: two, value: stranger }).step(made.init(key(0)), { x: zeros([2, 4]) }, key(0))).toThrow(sentence)
    expect(() => plain({ players: two, value, metrics: stranger }).step(made.init(key(0)), { x: zeros([2, 4]) }, key(0))).toThrow(sentence)
    const vector = plain({ players: two, value: () => zeros([2]) })
    expect(() => vector.step(made.init(key(0)), {}, key(0)))
      .toThrow('game: the payoff of a is float32 [2] but a float32 scalar was expected; take its mean')
    expect(() => clipWeights(-1)).toThrow('clipWeights: the bound is -1 but a positive number was expected')
  })
})
void [penalty, exp, log, square, fromArray, grad, number]
