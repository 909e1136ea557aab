import { describe, expect, it } from 'vitest'
import { reachable, type Node } from '../../src/dsl/core/node.js'
import { game, maximiser, minimiser } from '../../src/dsl/game/index.js'
import { key } from '../../src/dsl/keys.js'
import { sgd } from '../../src/dsl/optim/index.js'
import { nodeOf } from '../../src/dsl/ops/typed.js'
import { add, f32, square, sum, tensor } from '../../src/dsl/ops/index.js'
import { initialise } from '../../src/dsl/params/index.js'
import type { Tensor } from '../../src/dsl/tensor.js'
import { grad } from '../../src/dsl/transform/grad.js'
import type { Value } from '../../src/dsl/value.js'
import { compile } from '../../src/interp/compile.js'
import { jsEngine } from '../../src/interp/js/engine.js'
import { gan, gridOfGaussians, ringOfGaussians, wgan, type Layers } from '../../src/models/index.js'
import { first, host, play } from '../dsl/game/play.js'
import { number, numbers } from '../dsl/values.js'

type Samples = Tensor<['B', 2]>
/** The value of a function of samples, whose rows are `B`. */
const on = async (rows: readonly number[], f: (x: Samples) => Tensor<[]>): Promise<number> => {
  const program = await compile(jsEngine, (_: {}, { x }: { x: Samples }) => ({ outputs: { y: f(x) } }),
    { state: {}, inputs: { x: f32('B', 2) } }, { B: rows.length / 2 })
  return Number((await program.run({ x: host([rows.length / 2, 2], rows) })).y.data[0])
}
const rows = [1, 0.5, -0.4, 2, 0.3, -1.2, 2, 2]
const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length

describe('a GAN', () => {
  const model = gan({ dims: 2, latent: 3, hidden: { discriminator: [5], generator: [4] } })
  const players = initialise(model.params as never, key(1)) as typeof model.params
  const noise = key(2)

  it('is worth E log D(x) + E log(1 - D(G(z)))', async () => {
    const fake = model.sample(players.generator, noise, 4)
    const odds = (x: Tensor<[4, 2]>) => numbers(model.logits(players.discriminator, x)).map(l => 1 / (1 + Math.exp(-l)))
    const real = odds(tensor([[1, 0.5], [-0.4, 2], [0.3, -1.2], [2, 2]]))
    const expected = mean(real.map(Math.log)) + mean(odds(fake).map(p => Math.log(1 - p)))
    expect(await on(rows, x => model.value(players, x, noise))).toBeCloseTo(expected, 12)
    expect(await on(rows, () => model.nonSaturating(players, noise))).toBeCloseTo(-mean(odds(fake).map(Math.log)), 12)
  })

  it('still teaches the generator without saturation where D is sure of itself, and is finite in both forms', async () => {
    const [first, last] = players.discriminator
    const sure = { ...players, discriminator: [first, { ...last, b: tensor([-100]) }] as unknown as Layers }
    const slope = (payoff: (at: typeof players, x: Samples) => Tensor<[]>) => on(rows, x => {
      const g = grad((p: Layers) => payoff({ ...sure, generator: p }, x))(players.generator)
      return sum(square(g[1].b))
    })
    expect(await slope((p, x) => model.value(p, x, noise))).toBeLessThan(1e-60)
    expect(await slope(p => model.nonSaturating(p, noise))).toBeGreaterThan(1e-3)
  })

  it('reads as the paper writes it: logarithms of D, of x and of G(z)', () => {
    const x = f32('B', 2)
    const names = reachable([nodeOf('test', model.value(players, x, noise))]).filter(n => n.op === 'named')
      .map(n => n as Node<{ name: string; args?: readonly number[] }>)
    expect(names.filter(n => n.attrs.name === 'log')).toHaveLength(2)
    expect(new Set(names.map(n => n.attrs.name))).toEqual(new Set(['x', 'z', 'G', 'ℓ', 'D', 'log']))
  })

  it('keeps what it makes in (0, 1) when told to', () => {
    const pixels = gan({ dims: 4, latent: 2, hidden: { discriminator: [3], generator: [3] }, range: 'unit' })
    const made = numbers(pixels.sample(initialise(pixels.params as never, key(0))['generator'] as never, key(1), 50))
    expect(Math.min(...made)).toBeGreaterThan(0)
    expect(Math.max(...made)).toBeLessThan(1)
  })

  it('refuses sizes that are none', () => {
    expect(() => gan({ dims: 2, latent: 0, hidden: { discriminator: [3], generator: [3] } }))
      .toThrow('gan: the sizes are 0, 3, 2, but whole numbers from 1 on were expected')
  })
})

describe('a Wasserstein GAN', () => {
  /** A critic of one linear layer against samples that a generator without freedom draws. */
  const trained = async (lipschitz: { clip: number } | { penalty: number }) => {
    const model = wgan({ dims: 2, latent: 1, hidden: { critic: [], generator: [] }, lipschitz })
    const made = game({
      players: {
        critic: maximiser({ params: model.params.critic, optimiser: sgd(0.02), steps: 300 }),
        generator: minimiser({ params: model.params.generator, optimiser: sgd(0) }),
      },
      value: (players, { x }: { x: Samples }, k) => model.value(players, x, k),
      constraints: { critic: (players, { x }, k) => model.constraints(players, x, k) },
    })
    const state = first(made)
    // The generator's weights at 0 leave the point of its bias.
    const generator = [{ w: host([1, 2], [0, 0]), b: host([2], [-0.5, 0.25]) }]
    const start = { ...state, params: { ...state.params, generator: generator as never } }
    return play(made.step, start, { x: host([301, 4, 2], Array.from({ length: 301 }, () => rows).flat()) }, 0, ['K', 'B'])
  }
  // Real samples have the mean (0.725, 0.825).
  const apart = [0.725 + 0.5, 0.825 - 0.25]
  const figure = (x: unknown): number => Number((x as Value).data[0])

  it('with clipping c and a linear critic ends at c ‖Δμ‖₁', async () => {
    const { metrics } = await trained({ clip: 0.05 })
    expect(figure(metrics.generatorValue)).toBeCloseTo(0.05 * (apart[0] + apart[1]), 9)
  })

  it('with a penalty λ and a linear critic ends at ‖∇f‖ = 1 + ‖Δμ‖ / 2λ', async () => {
    const { state, metrics } = await trained({ penalty: 10 })
    const norm = Math.hypot(...apart), slope = 1 + norm / 20
    const [{ w }] = state.params.critic
    expect(Math.hypot(...Array.from((w as never as Value).data, Number))).toBeCloseTo(slope, 4)
    expect(figure(metrics.generatorValue)).toBeCloseTo(slope * norm, 4)
  })

  it('has a penalty that can be differentiated through its leaky rectifiers', async () => {
    const model = wgan({ dims: 2, latent: 2, hidden: { critic: [6, 6], generator: [4] }, lipschitz: { penalty: 10 } })
    const players = initialise(model.params as never, key(5)) as typeof model.params
    const value = (critic: Layers) => (x: Samples) => {
      const [held] = model.constraints({ ...players, critic }, x, key(1))
      return held.kind === 'penalty' ? held.value as Tensor<[]> : tensor(NaN)
    }
    const exact = await on(rows, x => sum(grad((p: Layers) => value(p)(x))(players.critic)[1].w))
    const moved = (by: number) => on(rows, value(players.critic.map((l, i) => i === 1 ? { ...l, w: add(l.w, by) } : l)))
    expect(exact).toBeCloseTo((await moved(1e-6) - await moved(-1e-6)) / 2e-6, 6)
    expect(Math.abs(exact)).toBeGreaterThan(1e-3)
  })
})

describe('the mixtures', () => {
  it.each([['ring', ringOfGaussians(), 8], ['grid', gridOfGaussians(), 25]] as const)('%s: draws lie at all modes', (_, mixture, modes) => {
    const draws = mixture.sample(key(0), 4000)
    const { modesCovered, highQuality } = mixture.quality(draws)
    expect(number(modesCovered)).toBe(modes)
    // In the plane a share 1 - exp(-9/2) of a Gaussian lies within three standard deviations.
    expect(number(highQuality)).toBeCloseTo(1 - Math.exp(-4.5), 2)
    const all = numbers(draws)
    expect(Math.sqrt(mean(all.map(v => v * v)))).toBeCloseTo(1, 1)
  })
  it('count a mode at three standard deviations, and nothing beyond', () => {
    const { modes: [a, b], std, quality } = gridOfGaussians()
    const found = quality(tensor([[a[0] + 2.9 * std, a[1]], [a[0], a[1] - 2.9 * std], [b[0] + 3.1 * std, b[1]], [9, 9]]))
    expect(number(found.modesCovered)).toBe(1)
    expect(number(found.highQuality)).toBe(0.5)
  })
})
