/** The library's own systems are wired as their papers say; each line would fail for one of the mistakes that people make there. */
import { describe, expect, it } from 'vitest'
import { assertAgreement, assertCausal, assertFlow, audit, gradientFlow } from '../../../src/audit.js'
import { game, gradientPenalty, maximiser, minimiser } from '../../../src/dsl/game/index.js'
import { key, type Key } from '../../../src/dsl/keys.js'
import { sub } from '../../../src/dsl/ops/arithmetic.js'
import { f32 } from '../../../src/dsl/ops/create.js'
import { block, named } from '../../../src/dsl/ops/named.js'
import { matmul } from '../../../src/dsl/ops/matmul.js'
import { mean } from '../../../src/dsl/ops/reduce.js'
import { stopGradient, tanh } from '../../../src/dsl/ops/unary.js'
import { normal } from '../../../src/dsl/ops/random.js'
import { adam } from '../../../src/dsl/optim/index.js'
import type { Statement } from '../../../src/dsl/statement.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { trainStep } from '../../../src/dsl/train.js'
import { made, nade, vqVae } from '../../../src/models/index.js'

describe('WGAN-GP as a game', () => {
  interface Players { critic: { w: Tensor<[2, 1]> }; generator: { w: Tensor<[3, 2]> } }
  const f = block('f', (p: Players['critic'], x: Tensor<['B', 2]>) => matmul(tanh(x), p.w))
  const G = block('G', (p: Players['generator'], z: Tensor<['B', 3]>) => matmul(z, p.w))
  const statement = (detached: boolean): Statement => {
    const samples = ({ generator }: Players, k: Key): Tensor<['B', 2]> => {
      const made = G(generator, named('z', normal(k, ['B', 3])))
      return detached ? stopGradient(made) : made
    }
    return game({
      players: {
        critic: maximiser({ params: { w: f32(2, 1) }, optimiser: adam(1e-3), steps: 5 }),
        generator: minimiser({ params: { w: f32(3, 2) }, optimiser: adam(1e-3) }),
      },
      value: (players, { x }: { x: Tensor<['B', 2]> }, k) =>
        sub(named('real', mean(f(players.critic, x))), named('fake', mean(f(players.critic, samples(players, k))))),
      constraints: {
        critic: (players, { x }, k) =>
          [gradientPenalty({ weight: 10, of: (y: Tensor<['B', 2]>) => f(players.critic, y), between: [x, samples(players, k)], key: k })],
      },
    }).statement({ x: f32(6, 'B', 2) }, key(0))
  }
  it('moves each player by its own terms, the other frozen', () => {
    const right = statement(false)
    assertFlow(right, { player: 'critic', term: 'real', reaches: 'critic', not: 'generator', weight: 1 })
    assertFlow(right, { player: 'critic', term: 'gradient penalty', reaches: 'critic', not: 'generator', weight: -10 })
    assertFlow(right, { player: 'generator', term: 'fake', reaches: 'generator', not: 'critic', weight: -1 })
    expect(audit(right)).toMatchObject({ failures: [], warnings: [], nonFinite: null, untried: null,
      games: [{ player: 'critic', against: ['generator'], steps: 5 }, { player: 'generator', against: ['critic'], steps: 1 }] })
  })
  it('fails where the generator\'s samples are detached', () => {
    expect(audit(statement(true)).failures).toEqual(['generator moves but its objective reaches none of its parameters: '
      + 'stopped in fake by stopGradient(G(z)) inside f; not reached by real.'])
  })
})

describe('the VQ-VAE', () => {
  const stating = (codebook: 'ema' | 'gradient'): Statement => {
    const model = vqVae({ channels: 1, entries: 4, features: 2, width: 2, blocks: 0, beta: 0.25, codebook, ema: { decay: 0.9, revive: 0 } })
    return trainStep({
      params: model.params, aux: model.aux, optimiser: adam(1e-3),
      loss: (params: typeof model.params, x: Tensor<['B', 8, 8, 1]>, k: Key, aux: typeof model.aux) =>
        model.losses({ params, aux }, x, k).loss,
    } as never).statement(f32('B', 8, 8, 1) as never, key(0))
  }
  it('reaches its encoder straight through and by the commitment, which has β', () => {
    for (const codebook of ['ema', 'gradient'] as const) {
      const statement = stating(codebook)
      assertFlow(statement, { term: 'reconstruction', reaches: 'decoder', straightThrough: 'encoder' })
      assertFlow(statement, { term: 'commitment', reaches: 'encoder', not: 'decoder', weight: 0.25 })
      expect(audit(statement).failures).toEqual([])
    }
    assertFlow(stating('gradient'), { term: 'codebook', reaches: 'codebook', not: ['encoder', 'decoder'], weight: 1 })
    expect(gradientFlow(stating('ema')).map(r => r.term)).toEqual(['reconstruction', 'commitment'])
  })
})

describe('models of the chain rule', () => {
  it('keep what they claim', () => {
    for (const model of [made({ dims: 7, hidden: [8, 8], masks: 2, ordering: 'random' }), nade({ dims: 6, hidden: 4 })])
      for (const claim of model.claims()) claim.kind === 'causality' ? assertCausal(claim) : assertAgreement(claim)
  })
})
