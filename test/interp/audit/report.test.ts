/** The report as a whole: what a trial run finds, what the terminal shows, and that it is plain data. */
import { describe, expect, it } from 'vitest'
import { audit, showAudit } from '../../../src/audit.js'
import { key } from '../../../src/dsl/keys.js'
import { add, mul } from '../../../src/dsl/ops/arithmetic.js'
import { f32, tensor } from '../../../src/dsl/ops/create.js'
import { matmul } from '../../../src/dsl/ops/matmul.js'
import { named } from '../../../src/dsl/ops/named.js'
import { normal } from '../../../src/dsl/ops/random.js'
import { mean, sum } from '../../../src/dsl/ops/reduce.js'
import { reshape } from '../../../src/dsl/ops/reshape.js'
import { exp, log, neg, sqrt, square, stopGradient } from '../../../src/dsl/ops/unary.js'
import { sgd } from '../../../src/dsl/optim/index.js'
import { trainStep } from '../../../src/dsl/train.js'
import type { Statement } from '../../../src/dsl/statement.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { gan, vqvae } from './programs.js'

const params = { w: f32(4) }
const stating = (loss: (p: typeof params, x: Tensor<['B', 4]>) => Tensor<[]>): Statement =>
  trainStep({ params, loss, optimiser: sgd(0.1) }).statement(named('x', f32('B', 4)), key(0))

describe('a trial run', () => {
  it('finds a value that is not finite, and the operation that made it', () => {
    const { nonFinite, failures } = audit(stating((p, x) => sum(log(neg(square(add(sum(x), p.w)))))))
    expect(nonFinite)
      .toMatch(/^the objective of model is not finite on random inputs: log\(-\(.*\)\), float32 \[4\], is NaN in 4 of 4 elements/)
    expect(failures).toEqual([nonFinite])
  })
  it('finds a gradient that is not finite where the value is', () => {
    const { nonFinite } = audit(stating(p => sqrt(sum(mul(0, square(p.w))))))
    expect(nonFinite).toMatch(/^the gradient of model in w is not finite on random inputs: .* is Infinity/)
  })
  it('lets a log of 0 pass that does not reach the objective', () => {
    const masked = stating((p, x) => mean(mul(sum(p.w), add(sum(x), sum(exp(log(tensor([1, 0]))))))))
    expect(audit(masked)).toMatchObject({ nonFinite: null, failures: [] })
  })
  it('takes the sizes that are given, or says why there is none', () => {
    const halves = stating((p, x) => mean(add(sum(p.w), reshape(x, ['2*B', 2]))))
    expect(audit(halves)).toMatchObject({ nonFinite: null, untried: null })
    const large = stating((p, x) => mul(sum(p.w), mean(mul(sum(x), matmul(f32(3000, 300), f32(300, 3000))))))
    expect(audit(large).untried).toMatch(/^its value alone takes 5.4e\+9 operations/)
  })
  it('knows sizes that only random numbers have', () => {
    const drawn = trainStep({ params, optimiser: sgd(0.1), loss: (p, _: {}, k) => mean(mul(sum(p.w), normal(k, ['B', 2]))) })
    expect(audit(drawn.statement({}, key(0)))).toMatchObject({ nonFinite: null, untried: null })
  })
  it('is the same for the same seed', () => {
    expect(audit(vqvae(), [], { seed: 1 })).toEqual(audit(vqvae(), [], { seed: 1 }))
  })
})

describe('carried state', () => {
  const statement = (next: (aux: { mean: Tensor<[]>; seen: Tensor<[]> }) => {}) => trainStep({
    params, optimiser: sgd(0.1), aux: { mean: f32(), seen: f32() },
    loss: (p, x: Tensor<['B', 4]>, _, aux) => ({ loss: mul(sum(p.w), mul(aux.mean, sum(x))), ...next(aux) }),
  }).statement(f32('B', 4), key(0))
  it('that a step does not change is worth a look', () => {
    expect(audit(statement(() => ({}))).warnings).toEqual(['aux.mean, aux.seen are carried but never change.'])
    const { warnings, failures } = audit(statement(aux => ({ aux: { ...aux, seen: add(aux.seen, 1) } })))
    expect({ warnings, failures }).toEqual({ warnings: ['aux.mean is carried but never changes.'], failures: [] })
    expect(audit(statement(aux => ({ aux: { mean: mul(0.9, aux.mean), seen: add(aux.seen, 1) } }))).warnings).toEqual([])
  })
  it('shows as a warning, by which nothing is proved wrong', () => {
    expect(showAudit(audit(statement(() => ({}))))).toMatch(
      /\nNothing is proved wrong; 1 warning\n  aux.mean, aux.seen are carried but never change.$/)
  })
})

describe('the report', () => {
  it('is plain data', () => {
    const report = audit(gan())
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    expect(audit(vqvae()).shapes.map(s => `${s.what} ${s.shape} ${s.size}`)).toEqual([
      'encoder.w float32 [6, 4] 24', 'encoder.b float32 [4] 4', 'codebook float32 [8, 4] 32', 'decoder.w float32 [4, 6] 24',
      'decoder.b float32 [6] 6', 'input 1 float32 [B, 6] 6*B'])
  })
  it('of a VQ-VAE without its codebook term reads so', () => {
    expect(showAudit(audit(vqvae('without codebook term')))).toBe(`\
model minimises, moving encoder, codebook, decoder, by Adam(learningRate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8)
  term            weight    encoder           codebook  decoder
  reconstruction  1         straight-through  stopped   reached
  commitment      β = 0.25  reached           stopped   -
  codebook is stopped in reconstruction by straightThrough(e, z_e) inside z_q
  codebook is stopped in commitment by stopGradient(e)

A trial run with random inputs was finite.
1 failure
  codebook is never moved by any term: stopped in reconstruction by straightThrough(e, z_e) inside z_q; ${''
}stopped in commitment by stopGradient(e).`)
  })
  it('of a game reads so', () => {
    expect(showAudit(audit(gan()))).toBe(`\
D maximises, moving D, 5 updates a step, subject to |w| <= 0.1, zero-sum against G
  term  weight  D        G
  real  -1      reached  -
  fake  -1      reached  frozen

G minimises, moving G, by adam(lr 0.1), zero-sum against D
  term  weight  D       G
  real  -1      frozen  -
  fake  -1      frozen  reached

A trial run with random inputs was finite.
Nothing is wrong.`)
  })
  const names = 'abcdefghijkl'.split('')
  const tree = Object.fromEntries(names.map(n => [`network_${n}`, { w: f32(), b: f32() }]))
  const wide = (loss: (squares: Tensor<[]>[]) => Tensor<[]>): string[] => showAudit(audit(trainStep({
    params: tree, optimiser: sgd(0.1), loss: p => loss(names.map(n => square(p[`network_${n}`].w))),
  }).statement({}, key(0)))).split('\n')
  it('turns a table around that is too wide, and names leaves that fare otherwise', () => {
    const lines = wide(squares => named('whole', exp(squares.reduce((s, x) => add(s, x)))))
    expect(lines.slice(1, 5).map(l => l.trim().split(/  +/)))
      .toEqual([['whole'], ['weight', '1'], ['network_a', 'reached in part'], ['network_b', 'reached in part']])
    expect(lines).toContain('  in whole: not reached network_a.b, network_b.b, network_c.b, network_d.b and 8 more')
    expect(lines).toContain('12 failures')
  })
  it('tells terms apart whose names begin or end alike', () => {
    const terms = ['the same very long beginning of a name, first', 'the same very long beginning of a name, second']
    const shown = (names: readonly string[]): string[] => showAudit(audit(stating(p =>
      names.map(n => named(n, sum(square(p.w)))).reduce((a, t) => add(a, mul(2, t)))))).split('\n').slice(2, 4)
      .map(l => l.trim().split(/  +/)[0])
    expect(shown(terms.map(t => `${t} of all`))).toEqual([
      '… long beginning of a name, first of all', '…long beginning of a name, second of all'])
    const ends = ['a', 'b'].map(x => `${'begin '.repeat(8)}${x}${' end'.repeat(12)}`)
    expect(shown(ends)).toEqual([1, 2].map(i => `begin begin begin begin begin begin… (${i})`))
  })
  it('says which of two expressions of one name has the old parameters', () => {
    const policy = (p: typeof params) => named('π', sum(exp(p.w)))
    const ratio = stating(p => log(mul(policy(p), exp(neg(policy({ w: stopGradient(p.w) }))))))
    expect(audit(ratio).gradientFlow[0].formula).toBe('log(π * exp(-sg(π)))')
    // one alone, or both old, need nothing said
    expect(audit(stating(p => mul(sum(p.w), exp(neg(policy({ w: stopGradient(p.w) })))))).gradientFlow[0].formula).not.toContain('sg(')
  })
  it('says a term a line where terms and groups are many', () => {
    const lines = wide(squares => squares.reduce((s, x) => add(s, x)))
    expect(lines[1]).toBe('  network_a.w^2 (1): reached in part network_a')
    expect(lines.every(l => l.length < 160)).toBe(true)
  })
})
