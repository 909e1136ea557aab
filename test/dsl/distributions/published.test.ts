/** logProb, entropy and kl of every distribution against torch.distributions in float64 (scripts/fixtures/distributions.py). */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as dist from '../../../src/dsl/distributions/index.js'
import { fromArray } from '../../../src/dsl/ops/create.js'
import type { DType, Tensor } from '../../../src/dsl/tensor.js'
import { numbers } from '../values.js'

type Nested = number | readonly Nested[]
type Case = Readonly<Record<string, Nested>>
const file = new URL('../../fixtures/distributions/distributions.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Record<string, Case> }

const flat = (x: Nested): number[] => typeof x === 'number' ? [x] : x.flatMap(flat)
const shapeOf = (x: Nested): number[] => typeof x === 'number' ? [] : [x.length, ...shapeOf(x[0])]
const given = <S extends readonly number[], D extends DType = 'float32'>(x: Nested, dtype?: D): Tensor<S, D> =>
  fromArray(flat(x), shapeOf(x), dtype) as unknown as Tensor<S, D>

type Two = [2, 3]
/** Just what the comparison reads: the outcome's shape differs between the families. */
interface Figures { logProb: Tensor<readonly number[]>; entropy: Tensor<readonly number[]>; kl: Tensor<readonly number[]> }
const bernoullis = (c: Case): readonly [dist.Bernoulli<Two>, dist.Bernoulli<Two>] =>
  [dist.bernoulli(given<Two>(c.logits)), dist.bernoulli(given<Two>(c.other))]
const bernoulli = (c: Case): Figures => {
  const [p, q] = bernoullis(c)
  return { logProb: p.logProb(given<Two>(c.x)), entropy: p.entropy(), kl: dist.kl(p, q) }
}
const categorical = (c: Case): Figures => {
  const [p, q] = [dist.categorical(given<Two>(c.logits)), dist.categorical(given<Two>(c.other))]
  return { logProb: p.logProb(given<[2], 'int32'>(c.x, 'int32')), entropy: p.entropy(), kl: dist.kl(p, q) }
}
const full = (c: Case): Figures => {
  const p = dist.multivariateNormal(given<Two>(c.mean), given<[3, 3]>(c.factor))
  const q = dist.multivariateNormal(given<Two>(c.mean2), given<[3, 3]>(c.factor2))
  return { logProb: p.logProb(given<Two>(c.x)), entropy: p.entropy(), kl: dist.kl(p, q) }
}
const figures: Record<string, (c: Case) => Figures> = {
  bernoulli,
  'bernoulli, extreme': bernoulli,
  'independent bernoulli': c => {
    const [p, q] = bernoullis(c).map(b => dist.independent(b, [-1]))
    return { logProb: p.logProb(given<Two>(c.x)), entropy: p.entropy(), kl: dist.kl(p, q) }
  },
  categorical,
  'categorical, extreme': categorical,
  'normal': c => {
    const [p, q] = [dist.normal(given<Two>(c.mean), given<Two>(c.std)), dist.normal(given<Two>(c.mean2), given<Two>(c.std2))]
    return { logProb: p.logProb(given<Two>(c.x)), entropy: p.entropy(), kl: dist.kl(p, q) }
  },
  'diagonal normal': c => {
    const p = dist.diagonalNormal(given<Two>(c.mean), given<Two>(c.std))
    const q = dist.diagonalNormal(given<Two>(c.mean2), given<Two>(c.std2))
    return { logProb: p.logProb(given<Two>(c.x)), entropy: p.entropy(), kl: dist.kl(p, q) }
  },
  'uniform': c => {
    const [p, q] = [dist.uniform(given<Two>(c.low), given<Two>(c.high)), dist.uniform(given<Two>(c.low2), given<Two>(c.high2))]
    return { logProb: p.logProb(given<Two>(c.x)), entropy: p.entropy(), kl: dist.kl(p, q) }
  },
  'full normal': full,
  'full normal, one each': full,
  'full normal, mixed': full,
}

describe('the figures are those of PyTorch', () => {
  it('has a case for every fixture', () => { expect(Object.keys(figures).sort()).toEqual(Object.keys(cases).sort()) })
  it.each(Object.keys(cases))('%s', name => {
    const found = figures[name](cases[name])
    for (const what of ['logProb', 'entropy', 'kl'] as const) {
      const expected = cases[name][what]
      expect(found[what].shape, what).toEqual(shapeOf(expected))
      numbers(found[what]).forEach((x, i) => { expect(Math.abs(x - flat(expected)[i]), `${what} ${i}`).toBeLessThan(1e-6) })
    }
  })
})
