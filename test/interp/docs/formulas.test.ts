/** The formulas that a person would hold beside the papers, and every composition that is read back from its primitives. */
import { describe, expect, it } from 'vitest'
import {
  adam, add, broadcastTo, crossEntropy, dist, exp, f32, gelu, grad, i32, key, leakyRelu, logSigmoid, logSoftmax, logSumExp, matmul, max,
  mean, mse, mul, named, neg, normal, relu, scan, silu, softmax, softplus, sqrt, square, stopGradient, sub, sum, tanh,
  trainStep, type Tensor,
} from '../../../src/index.js'
import { placeholders } from '../../../src/dsl/core/placeholders.js'
import { mathematics } from '../../../src/interp/docs/formulas.js'
import type { Statement } from '../../../src/dsl/statement.js'
import { gan, made, trpo, vqvae, wganGp } from './statements.js'

const problem = (s: Statement): string => mathematics(s).problem.map(f => f.latex).join('\n')
const where = (s: Statement): string[] => mathematics(s).where.map(f => f.latex)

describe('reads like the paper', () => {
  it('MADE: log p(x) is the sum of log p(x_d | x_<d)', () => {
    expect(problem(made())).toBe(
      '\\min_{\\theta}\\;  -\\mathbb{E}_{x \\sim p_{\\mathrm{data}}}\\left[ \\sum_{d = 1}^{5} \\log p(x_d \\mid x_{<d}) \\right]')
    expect(where(made())).toEqual([
      '\\log p(x_d \\mid x_{<d}) = \\log \\operatorname{Bernoulli}(x_{d};\\, \\sigma(\\ell_{d}))',
      '\\ell_{d} = (h W_{\\mathrm{out}})_{d} + b_{\\mathrm{out},d}',
      'h = \\operatorname{relu}(x W_{\\mathrm{hidden},0} + b_{\\mathrm{hidden},0})',
    ])
  })
  it('VQ-VAE: reconstruction, codebook, and the commitment under β', () => {
    const text = problem(vqvae())
    for (const term of ['\\lVert x - \\hat{x} \\rVert^{2}', '\\lVert \\operatorname{sg}[z_{e}] - e \\rVert^{2}',
      '\\beta \\underbrace{\\mathbb{E}_{x \\sim p_{\\mathrm{data}}}\\left[ \\frac{1}{4} '
        + '\\lVert z_{e} - \\operatorname{sg}[e] \\rVert^{2} \\right]}_{\\text{commitment}}'])
      expect(text).toContain(term)
    expect(where(vqvae())).toContain('z_{q} = z_{e} + \\operatorname{sg}[e - z_{e}]')
    expect(where(vqvae())).toContain('k = \\arg\\min_{i} \\lVert z_{e} - \\mathrm{codebook}_{i} \\rVert^{2}')
  })
  it('WGAN-GP: the value of the game and the penalty, whose gradient is a gradient', () => {
    expect(problem(wganGp())).toBe([
      '\\min_{\\theta}\\,\\max_{\\phi}\\; V(\\theta, \\phi) = '
        + '\\mathbb{E}_{x \\sim p_{\\mathrm{data}}}\\bigl[ f_{\\phi}(x) \\bigr] '
        + '- \\mathbb{E}_{\\tilde{x}}\\bigl[ f_{\\phi}(\\tilde{x}) \\bigr]',
      '\\max_{\\phi}\\;  V(\\theta, \\phi) - \\lambda '
        + '\\mathbb{E}_{\\hat{x}}\\bigl[ (\\lVert \\nabla_{\\hat{x}} f_{\\phi}(\\hat{x}) \\rVert - 1)^{2} \\bigr]',
    ].join('\n'))
    expect(where(wganGp())).toContain('\\hat{x} = \\varepsilon x + (1 - \\varepsilon) \\tilde{x}')
    expect(where(wganGp())).toContain('z \\sim \\mathcal{N}(0, I)')
  })
  it('GAN: min max of log D(x) and log(1 - D(G(z)))', () => {
    expect(problem(gan())).toContain('\\min_{\\theta}\\,\\max_{\\phi}\\; V(\\theta, \\phi) = '
      + '\\mathbb{E}_{x \\sim p_{\\mathrm{data}}}\\bigl[ \\log \\sigma(D_{\\phi}(x)) \\bigr] + '
      + '\\mathbb{E}_{z \\sim \\mathcal{N}(0, I)}\\bigl[ \\log(1 - \\sigma(D_{\\phi}(G_{\\theta}(z)))) \\bigr]')
    expect(problem(gan())).toContain('\\phi \\in [-c, c]')
  })
  it('TRPO: the ratio of policies under a bound on their divergence', () => {
    expect(problem(trpo())).toBe([
      '\\begin{aligned}',
      '\\max_{\\theta}\\; & \\mathbb{E}_{s, a, \\hat{A}}\\left[ '
        + '\\frac{\\pi_{\\theta}(a \\mid s)}{\\pi_{\\theta_{\\mathrm{old}}}(a \\mid s)} \\hat{A} \\right] \\\\',
      '\\text{subject to}\\quad & \\mathbb{E}_{s}\\bigl[ D_{\\mathrm{KL}}\\bigl(\\pi_{\\theta_{\\mathrm{old}}}(\\cdot \\mid s) '
        + '\\,\\|\\, \\pi_{\\theta}(\\cdot \\mid s)\\bigr) \\bigr] \\le \\delta',
      '\\end{aligned}',
    ].join('\n'))
    expect(where(trpo())[0]).toBe(
      '\\log\\pi_{\\theta}(a \\mid s) = \\log \\operatorname{Categorical}(a;\\, \\operatorname{softmax}(s W + b))')
  })
})

describe('reads compositions back', () => {
  /** What stands to the right of `y =` for a function of x [B, 4] and the parameter w [4, 4]. */
  const reads = (f: (x: Tensor<['B', 4]>, w: Tensor<[4, 4]>) => Tensor): string => {
    const statement = trainStep({
      params: { w: f32(4, 4) }, optimiser: adam(1),
      loss: (p, { x }: { x: Tensor<['B', 4]> }) => {
        const y: unknown = named('y', f(x, p.w))
        return sum(square(y as Tensor<['B', 4]>))
      },
    }).statement(placeholders({ x: f32('B', 4) }), key(0))
    return (where(statement)[0] ?? '').replace('y = ', '')
  }
  it.each<[string, (x: Tensor<['B', 4]>, w: Tensor<[4, 4]>) => Tensor, string]>([
    ['relu', x => relu(x), '\\operatorname{relu}(x)'],
    ['leakyRelu', x => leakyRelu(x), '\\operatorname{leakyRelu}(x)'],
    ['silu', x => silu(x), '\\operatorname{silu}(x)'],
    ['gelu', x => gelu(x), '\\operatorname{gelu}(x)'],
    ['softmax', x => softmax(x), '\\operatorname{softmax}(x)'],
    ['logSoftmax', x => logSoftmax(x), '\\log \\operatorname{softmax}(x)'],
    ['logSumExp', x => logSumExp(x, [1]), '\\operatorname{logsumexp}(x)'],
    ['logSigmoid', x => logSigmoid(x), '\\log \\sigma(x)'],
    ['log(1 - σ)', x => neg(softplus(x)), '\\log(1 - \\sigma(x))'],
    ['softplus alone', x => softplus(x), '\\operatorname{softplus}(x)'],
    ['a squared norm', x => sum(square(x), [1]), '\\lVert x \\rVert^{2}'],
    ['a norm', x => sqrt(sum(square(x), [1])), '\\lVert x \\rVert'],
    ['a product of matrices', (x, w) => tanh(matmul(x, w)), '\\tanh(x W)'],
    ['a largest element', x => max(x, [1]), '\\max_{i} x_{i}'],
    ['a likelihood', x => dist.bernoulli(x).logProb(square(x)), '\\log \\operatorname{Bernoulli}(x^{2};\\, \\sigma(x))'],
    ['brackets', x => mul(2, mul(sub(x, 1), x)), '2 \\, ((x - 1) \\odot x)'],
    ['signs', x => sub(neg(x), neg(exp(x))), '-x + \\exp(x)'],
  ])('%s', (_, f, latex) => expect(reads(f)).toBe(latex))

  it('a gradient is one, also of what is no function by name', () => {
    const statement = trainStep({
      params: { w: f32(4, 1) }, optimiser: adam(1),
      loss: (p, { x }: { x: Tensor<['B', 4]> }) => mean(square(grad((v: Tensor<['B', 4]>) => sum(square(matmul(v, p.w))))(x))),
    }).statement({ x: f32('B', 4) }, key(0))
    expect(problem(statement)).toContain('\\frac{1}{4} \\lVert \\nabla_{x} (x W)^{2} \\rVert^{2}')
  })
  it('a mean squared error and a cross-entropy', () => {
    const statement = trainStep({
      params: { w: f32(4, 3) }, optimiser: adam(1),
      loss: (p, { x, y }: { x: Tensor<['B', 4]>; y: Tensor<['B'], 'int32'> }) =>
        add(crossEntropy(matmul(x, p.w), y), mse(matmul(x, p.w), stopGradient(matmul(x, p.w)))),
    }).statement(placeholders({ x: f32('B', 4), y: i32('B') }), key(0))
    expect(problem(statement)).toContain('\\log \\operatorname{Categorical}(y;\\, \\operatorname{softmax}(x W))')
    expect(problem(statement)).toContain('\\frac{1}{3} \\lVert x W - \\operatorname{sg}[x W] \\rVert^{2}')
  })
  it('a loop is a recursion', () => {
    const statement = trainStep({
      params: { w: f32(3, 3), c: f32(3) }, optimiser: adam(1),
      loss: (p, { x }: { x: Tensor<[5, 'B', 3]> }) => {
        const [, hs] = scan((h: Tensor<['B', 3]>, v: Tensor<['B', 3]>) => {
          const next = tanh(add(matmul(h, p.w), v))
          return [next, next]
        }, broadcastTo(p.c, ['B', 3]), x)
        return sum(hs)
      },
    }).statement({ x: f32(5, 'B', 3) }, key(0))
    expect(where(statement)).toEqual(['y_{t} = \\tanh(a_{t} W + x_{t})', 'a_{1} = c', 'a_{t + 1} = y_{t}'])
  })
  it('noise says what it is drawn from', () => {
    const statement = trainStep({
      params: { m: f32(2) }, optimiser: adam(1), loss: p => mean(square(sub(named('z', normal(key(1), [8, 2])), broadcastTo(p.m, [8, 2])))),
    }).statement({}, key(0))
    expect(problem(statement)).toContain('\\mathbb{E}_{z \\sim \\mathcal{N}(0, I)}\\left[ \\frac{1}{2} \\lVert z - m \\rVert^{2} \\right]')
  })
})
