/** Two forms of one chain rule: forms that disagree are found, with the variable. */
import { describe, expect, it } from 'vitest'
import { assertAgreement, audit, type AgreementClaim } from '../../../src/audit.js'
import * as dist from '../../../src/dsl/distributions/index.js'
import { key } from '../../../src/dsl/keys.js'
import { add, f32, gather, i32, matmul, mul, sum, tensor, zeros } from '../../../src/dsl/ops/index.js'
import { sgd } from '../../../src/dsl/optim/index.js'
import { trainStep } from '../../../src/dsl/train.js'
import { autoregressive, generativeClassifier, made, nade, recurrence } from '../../../src/models/index.js'

const statement = trainStep({ params: { w: f32(2) }, optimiser: sgd(0.1), loss: p => sum(p.w) }).statement({}, key(0))
const agreements = (claims: readonly { readonly kind: string }[]): AgreementClaim[] =>
  (claims as readonly AgreementClaim[]).filter(c => c.kind === 'agreement')

/** Variable 0 comes last; each repeats the one before it. */
const chain = (factor: number) => autoregressive({
  params: { stay: f32(3), b: f32(3) }, over: f32(3), orderings: [[2, 0, 1]],
  conditional: (p, x) => dist.bernoulli(add(mul(matmul(x, tensor([[0, 0, 0], [0, 0, 1], [1, 0, 0]])), p.stay), p.b)),
  recurrence: p => recurrence({
    own: { stay: p.stay, b: p.b }, start: rows => ({ last: zeros([rows]) }),
    conditional: ({ last }, own) => dist.bernoulli(add(mul(last, mul(factor, own.stay)), own.b)),
    next: (_, __, x) => ({ last: x }),
  }),
})
/** A categorical with logits for each place; its recurrence adds `shift` to all classes, or to the first of them. */
const classes = (shift: readonly number[]) => autoregressive({
  params: { w: f32(2, 3) }, over: i32(2),
  conditional: (p, x) => dist.categorical(gather(p.w, mul(x, 0), 0)),
  recurrence: p => recurrence({
    own: { place: f32(2) }, start: rows => ({ last: zeros([rows], 'int32') }),
    conditional: ({ last }) => dist.categorical(add(gather(p.w, last, 0), tensor(shift))),
    next: known => known,
  }),
})

describe('an agreement', () => {
  it('of conditionals at once and one after another holds where they are the same', () => {
    const { agreement, failures } = audit(statement, chain(1).claims())
    expect(failures).toEqual([])
    expect(agreement).toMatchObject([{ status: 'agrees', trials: 3,
      sentence: 'the conditionals at once and one after another agree in 3 trials with random parameters.' }])
  })
  it('is refuted with the largest difference and its variable', () => {
    const { failures } = audit(statement, chain(2).claims())
    expect(failures).toHaveLength(1)
    expect(failures[0]).toMatch(
      /^the conditionals at once and one after another do not agree: at variable [02] they are \S+ and \S+, 0\.\d+ apart/)
    expect(() => { assertAgreement(agreements(chain(2).claims())[0]) }).toThrow(failures[0])
  })
  it('of classes is about their probabilities', () => {
    expect(audit(statement, agreements(classes([1, 1, 1]).claims())).failures).toEqual([])
    expect(audit(statement, agreements(classes([1, 0, 0]).claims())).failures).toHaveLength(1)
  })
  it('is kept by the models, at the sizes of pictures in a few seconds', () => {
    const label = generativeClassifier({ dims: 5, classes: 3, hidden: [6] }).claims()
    expect(agreements(label).map(c => c.name)).toEqual(['the conditionals at once and one after another, of x'])
    const large = made({ dims: 784, hidden: [64] }).claims()
    for (const claims of [label, made({ dims: 7, hidden: [8, 8], masks: 2, ordering: 'random' }).claims(), large]) {
      expect(agreements(claims).length).toBeGreaterThan(0)
      for (const claim of agreements(claims)) assertAgreement(claim)
    }
    expect(agreements(nade({ dims: 6, hidden: 4 }).claims())).toEqual([])
  })
  it('that is too large says so', () => {
    const { warnings, failures } = audit(statement, agreements(made({ dims: 784, hidden: [4000, 4000] }).claims()))
    expect(failures).toEqual([])
    expect(warnings[0]).toMatch(/^the conditionals at once and one after another were not compared: this takes \S+ operations/)
  })
})
