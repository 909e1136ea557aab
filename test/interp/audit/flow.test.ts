/** Gradient flow: what the table says of programs whose wiring is known, and the wrong ones that it must catch. */
import { describe, expect, it } from 'vitest'
import { assertFlow, audit, gradientFlow, type FlowRow } from '../../../src/audit.js'
import * as b from '../../../src/dsl/core/build.js'
import type { Node } from '../../../src/dsl/core/node.js'
import type { Statement } from '../../../src/dsl/statement.js'
import { key } from '../../../src/dsl/keys.js'
import { exp, round, square, stopGradient } from '../../../src/dsl/ops/unary.js'
import { add, mul, sub } from '../../../src/dsl/ops/arithmetic.js'
import { f32 } from '../../../src/dsl/ops/create.js'
import { named } from '../../../src/dsl/ops/named.js'
import { mean, sum } from '../../../src/dsl/ops/reduce.js'
import { sgd } from '../../../src/dsl/optim/index.js'
import { trainStep } from '../../../src/dsl/train.js'
import { customVjp } from '../../../src/dsl/transform/custom-vjp.js'
import { scan } from '../../../src/dsl/transform/scan.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { gan, vqvae } from './programs.js'

const statuses = (rows: readonly FlowRow[]): Record<string, string[]> =>
  Object.fromEntries(rows.map(r => [`${r.player}: ${r.term}`, r.cells.map(c => `${c.group} ${c.status}`)]))
const params = { a: f32(3), c: f32(3) }
/** The only term's row, in the order of the parameters. */
const flowOf = (loss: (p: typeof params) => Tensor<[]>): string[] =>
  gradientFlow(trainStep({ params, loss, optimiser: sgd(0.1) }).statement({}, key(0))).flatMap(r => r.cells.map(c => c.status))
const stopsOf = (loss: (p: typeof params) => Tensor<[]>): string[] =>
  gradientFlow(trainStep({ params, loss, optimiser: sgd(0.1) }).statement({}, key(0))).flatMap(r => r.cells.flatMap(c => c.stoppedBy))

describe('a claim about flow', () => {
  it.each([
    [{}, 'assertFlow: the claim expects nothing; give it at least one of term, reaches, not, straightThrough, weight'],
    [{ player: 'model' }, 'the claim expects nothing'],
    [{ reaches: [] }, 'the claim expects nothing'],
    [{ term: 'commitment', reach: 'encoder' }, 'assertFlow: there is no reach in a claim; it may have player, term, reaches, not,'],
    [{ weight: 0.25 }, 'assertFlow: weight 0.25 is expected, but of which term? There are reconstruction, codebook, commitment; give term'],
  ])('%j is refused', (claim, message) => { expect(() => { assertFlow(vqvae(), claim) }).toThrow(message) })
})

describe('a VQ-VAE', () => {
  it('is wired as the paper says, whether its straight-through is the primitive or written by hand', () => {
    const expected = {
      'model: reconstruction': ['encoder straight-through', 'codebook stopped', 'decoder reached'],
      'model: codebook': ['encoder stopped', 'codebook reached', 'decoder not reached'],
      'model: commitment': ['encoder reached', 'codebook stopped', 'decoder not reached'],
    }
    expect(statuses(gradientFlow(vqvae()))).toEqual(expected)
    expect(statuses(gradientFlow(vqvae('by hand')))).toEqual(expected)
  })
  it('has β on its commitment', () => {
    expect(gradientFlow(vqvae()).map(r => [r.term, r.weight.value, r.weight.text]))
      .toEqual([['reconstruction', 1, '1'], ['codebook', 1, '1'], ['commitment', 0.25, 'β']])
  })
  it('says which node stops a gradient', () => {
    const [reconstruction, , commitment] = gradientFlow(vqvae())
    expect(reconstruction.cells[1].stoppedBy).toEqual(['straightThrough(e, z_e) inside z_q'])
    expect(commitment.cells[1].stoppedBy).toEqual(['stopGradient(e)'])
  })
  it('is right in one line a term', () => {
    for (const variant of ['right', 'by hand'] as const) {
      const statement = vqvae(variant)
      assertFlow(statement, { term: 'reconstruction', reaches: ['encoder', 'decoder'], straightThrough: 'encoder', not: 'codebook' })
      assertFlow(statement, { term: 'codebook', reaches: 'codebook', not: ['encoder', 'decoder'], weight: 1 })
      assertFlow(statement, { term: 'commitment', reaches: 'encoder', not: ['codebook', 'decoder'], weight: 0.25 })
      expect(audit(statement).failures).toEqual([])
    }
  })
})

describe('wrong programs', () => {
  it('a VQ-VAE without its codebook term', () => {
    expect(audit(vqvae('without codebook term')).failures).toEqual([
      'codebook is never moved by any term: stopped in reconstruction by straightThrough(e, z_e) inside z_q; '
      + 'stopped in commitment by stopGradient(e).'])
    expect(() => { assertFlow(vqvae('without codebook term'), { reaches: 'codebook' }) }).toThrow(
      'the objective of model does not reach codebook: the gradient is stopped by straightThrough(e, z_e) inside z_q, stopGradient(e).')
  })
  it('β on the wrong term', () => {
    const statement = vqvae('β on the codebook term')
    expect(() => { assertFlow(statement, { term: 'commitment', weight: 0.25 }) }).toThrow('commitment has weight 1, but 0.25 was expected.')
    expect(gradientFlow(statement).map(r => r.weight.text)).toEqual(['1', 'β', '1'])
  })
  it('a generator that detaches its own samples', () => {
    expect(audit(gan(true)).failures).toEqual([
      'G moves but its objective reaches none of its parameters: stopped in fake by stopGradient(G(z)) inside D; not reached by real.'])
    expect(() => { assertFlow(gan(true), { player: 'G', reaches: 'G' }) })
      .toThrow('the objective of G does not reach G: the gradient is stopped by stopGradient(G(z)) inside D.')
    expect(audit(gan()).failures).toEqual([])
  })
  it('an assertion about what is not there', () => {
    expect(() => { assertFlow(vqvae(), { term: 'kl' }) }).toThrow('there is no term kl; there are reconstruction, codebook, commitment')
    expect(() => { assertFlow(vqvae(), { reaches: 'prior' }) })
      .toThrow('there are no parameters prior; there are encoder, codebook, decoder')
    expect(() => { assertFlow(vqvae(), { player: 'G' }) }).toThrow('there is no player G; there are model')
    expect(() => { assertFlow(vqvae(), { term: 'codebook', not: 'codebook' }) })
      .toThrow('codebook reaches codebook, but codebook was expected to be out of its reach.')
    expect(() => { assertFlow(vqvae(), { term: 'codebook', straightThrough: 'codebook' }) })
      .toThrow('codebook reaches codebook directly, but through a straight-through node only was expected.')
  })
})

describe('a game', () => {
  it('shows who moves what, which way, and what is frozen', () => {
    const { games, gradientFlow: rows } = audit(gan())
    expect(games.map(g => [g.player, g.sense, g.steps, g.moves, g.frozen, g.against, g.constraints, g.by])).toEqual([
      ['D', 'maximise', 5, ['D.w', 'D.b'], ['G.w', 'G.b'], ['G'], ['|w| <= 0.1'], ''],
      ['G', 'minimise', 1, ['G.w', 'G.b'], ['D.w', 'D.b'], ['D'], [], 'adam(lr 0.1)'],
    ])
    expect(statuses(rows)).toEqual({
      'D: real': ['D.w reached', 'D.b reached', 'G.w not reached', 'G.b not reached'],
      'D: fake': ['D.w reached', 'D.b reached', 'G.w frozen', 'G.b frozen'],
      'G: real': ['D.w frozen', 'D.b frozen', 'G.w not reached', 'G.b not reached'],
      'G: fake': ['D.w frozen', 'D.b frozen', 'G.w reached', 'G.b reached'],
    })
    expect(rows.map(r => r.weight.value)).toEqual([-1, -1, -1, -1])
  })
  it('is not zero-sum when both go the same way', () => {
    const { objectives: [first, second], ...rest } = gan()
    expect(audit({ ...rest, objectives: [first, { ...second, sense: 'maximise' }] }).games.map(g => g.against)).toEqual([[], []])
  })
  it('counts a penalty against the player', () => {
    const { objectives: [first, second], ...rest } = gan()
    const at = rest.params as { D: { w: Tensor<[2, 1]> } }
    const constraints = [{ kind: 'penalty', name: 'decay', weight: 10, value: sum(mul(at.D.w, at.D.w)) }] as const
    const rows = gradientFlow({ ...rest, objectives: [{ ...first, constraints }, second] })
    expect(rows[2]).toMatchObject({ player: 'D', term: 'decay', kind: 'penalty', weight: { value: -10 } })
    expect(rows[2].cells.map(c => c.status)).toEqual(['reached', 'not reached', 'not reached', 'not reached'])
  })
})

const nothing = b.full(0, [3]) as unknown as Tensor<[3]>
describe('what stops a gradient', () => {
  it('is an operation without a derivative', () => {
    expect(flowOf(p => sum(mul(round(p.a), p.c)))).toEqual(['stopped', 'reached'])
    expect(stopsOf(p => sum(mul(round(p.a), p.c)))).toEqual(['round(a)'])
  })
  it('is a rule of the user\'s own that leaves an input out, or gives it nothing', () => {
    const first = customVjp((x: Tensor<[3]>, y: Tensor<[3]>) => mul(x, y), (g, _, __, y) => [mul(g, y), null])
    const zero = customVjp((x: Tensor<[3]>, y: Tensor<[3]>) => mul(x, y), (g, _, __, y) => [mul(g, y), nothing])
    expect(flowOf(p => sum(first(p.a, p.c)))).toEqual(['reached', 'stopped'])
    expect(flowOf(p => sum(zero(p.a, p.c)))).toEqual(['reached', 'stopped'])
    expect(stopsOf(p => sum(first(p.a, p.c)))[0]).toContain('a * c')
  })
  it('is not a rule that gives a gradient where the value has none: that is a straight-through', () => {
    const rounded = customVjp((x: Tensor<[3]>) => round(x), g => [g])
    expect(flowOf(p => sum(mul(rounded(p.a), p.c)))).toEqual(['straight-through', 'reached'])
  })
  it('is found inside a loop, step after step', () => {
    const loss = (p: typeof params): Tensor<[]> => scan(
      (c: Tensor<[]>, x: Tensor<[]>) => [add(c, x), c], sum(stopGradient(p.a)), p.c)[0]
    expect(flowOf(loss)).toEqual(['stopped', 'reached'])
    const inside = (p: typeof params): Tensor<[]> => scan(
      (c: Tensor<[]>, x: Tensor<[]>) => [add(round(c), x), c], sum(p.a), p.c)[0]
    expect(flowOf(inside)).toEqual(['reached', 'reached'])
    const late = (p: typeof params): Tensor<[]> => scan(
      (c: Tensor<[]>, x: Tensor<[]>) => [exp(round(x)), c], sum(p.a), p.c)[0]
    expect(flowOf(late)).toEqual(['reached', 'stopped'])
    expect(stopsOf(late)[0]).toContain('round')
  })
  it('is not the zero of a score function, whose gradient is true', () => {
    expect(flowOf(p => sum(exp(sub(p.a, stopGradient(p.a)))))).toEqual(['reached', 'not reached'])
    expect(flowOf(p => sum(square(sub(p.a, stopGradient(add(p.c, p.a))))))).toEqual(['reached', 'stopped'])
    expect(flowOf(p => sum(sub(p.a, stopGradient(sub(p.a, p.c)))))).toEqual(['straight-through', 'stopped'])
  })
})

describe('terms', () => {
  const names = (loss: (p: typeof params) => Tensor<[]>): [string, number | null, string][] =>
    gradientFlow(trainStep({ params, loss, optimiser: sgd(0.1) }).statement({}, key(0))).map(r => [r.term, r.weight.value, r.weight.text])
  it('are found through signs, factors, names and means', () => {
    expect(names(p => named('loss', sub(sum(p.a), mul(2, mean(p.c)))))).toEqual([['sum(a)', 1, '1'], ['mean(c)', -2, '-2']])
    expect(names(p => mean(add(named('first', p.a), mul(0.5, named('second', p.c)))))).toEqual([['first', 1, '1'], ['second', 0.5, '0.5']])
    expect(names(p => mean(add(p.a, p.c)))).toEqual([['mean(a + c)', 1, '1']])
    expect(names(p => named('loss', mul(-3, sum(add(p.a, p.c)))))).toEqual([['loss', 1, '1']])
  })
  it('keep a factor that parameters enter, with its gradient or without', () => {
    expect(names(p => mul(named('λ', stopGradient(sum(p.a))), named('adversarial', sum(p.c))))).toEqual([['adversarial', 1, '1']])
    expect(flowOf(p => mul(named('λ', stopGradient(sum(p.a))), named('adversarial', sum(p.c))))).toEqual(['stopped', 'reached'])
  })
  it('of one name are told apart', () => {
    expect(names(p => add(named('l', sum(p.a)), named('l', sum(p.c)))).map(([n]) => n)).toEqual(['l', 'l (2)'])
  })
  it('without parameters are a warning', () => {
    const statement = trainStep({
      params, optimiser: sgd(0.1), loss: (p, x: Tensor<[3]>) => add(sum(add(p.a, p.c)), named('data', sum(x))),
    }).statement(f32(3), key(0))
    expect(audit(statement)).toMatchObject({ constants: ['data'], failures: [],
      warnings: ['data, a term of model, depends on no parameter.'] })
  })
})

describe('leaves', () => {
  it('are shown on demand, and where they differ from their group', () => {
    const tree = { net: { w: f32(3), b: f32(3) }, held: f32() }
    const statement: Statement = trainStep({ params: tree, optimiser: sgd(0.1), loss: p => sum(p.net.w) }).statement({}, key(0))
    expect(gradientFlow(statement)[0].cells[0])
      .toEqual({ group: 'net', status: 'reached', stoppedBy: [], except: { 'net.b': 'not reached' } })
    expect(gradientFlow(statement, { byLeaf: true })[0].cells.map(c => c.group)).toEqual(['net.w', 'net.b', 'held'])
    expect(audit(statement).failures).toEqual([
      'net.b is never moved by any term: not reached by sum(net.w).', 'held is never moved by any term: not reached by sum(net.w).'])
  })
  it('that an objective moves must be the statement\'s', () => {
    const statement = vqvae()
    const stranger = b.input({ shape: [2], dtype: 'float32' }) as Node
    expect(() => audit({ ...statement, objectives: [{ ...statement.objectives[0], moves: { w: stranger } as never }] }))
      .toThrow('model moves w, which is not among the parameters of the statement')
  })
})
