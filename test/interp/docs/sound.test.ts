/** Every printed formula is sound: nothing empty, nothing doubled, and every index within what binds it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  adam, add, broadcastTo, chain, cumsum, ema, f32, key, matmul, mean, mse, mul, named, scan, square, sum, tanh, trainStep, type Tensor,
} from '../../../src/index.js'
import { placeholders } from '../../../src/dsl/core/placeholders.js'
import type { Statement } from '../../../src/dsl/statement.js'
import { documents } from '../../../src/docs.js'
import { mathematics } from '../../../src/interp/docs/formulas.js'
import { statementOf, type Recipe } from '../../../src/run/index.js'
import { root } from '../../docs/blocks.js'
import { faultsOf, formulasOf, indexFaults } from './sound.js'
import { gan, made, trpo, vqvae, wganGp } from './statements.js'

/** Parameters and data without names. */
const nameless = (): Statement => trainStep({
  params: [f32(3, 4), f32(3, 4)] as const, optimiser: adam(1), aux: f32(4),
  loss: (p, [x, y]: readonly [Tensor<['B', 3]>, Tensor<['B', 4]>], _key, a: Tensor<[4]>) =>
    ({ loss: mse(add(matmul(x, add(p[0], p[1])), a), y), aux: add(mul(a, 0.9), mul(mean(y, [0]), 0.1)) }),
}).statement(placeholders([f32('B', 3), f32('B', 4)] as const), key(0))

/** A moving average of parameters, kept by the optimiser and as carried state. */
const averaged = (): Statement => trainStep({
  params: { w: f32(3, 1) }, optimiser: chain(adam(1e-3), ema(0.999)), aux: p => ({ target: [p.w] }),
  loss: (p, { x }: { x: Tensor<['B', 3]> }, _key, { target: [w] }: { target: readonly Tensor<[3, 1]>[] }) =>
    ({ loss: mean(square(add(matmul(x, p.w), matmul(x, w)))), aux: { target: [add(mul(w, 0.9), mul(p.w, 0.1))] } }),
}).statement({ x: f32('B', 3) }, key(0))

/** A loop within a loop, a name within it, and a running sum. */
const loops = (): Statement => trainStep({
  params: { w: f32(3, 3), c: f32(3) }, optimiser: adam(1),
  loss: (p, { x }: { x: Tensor<[5, 'B', 3]> }) => {
    const [, hs] = scan((h: Tensor<['B', 3]>, v: Tensor<['B', 3]>) => {
      const [last] = scan((g: Tensor<['B', 3]>, r: Tensor<[3]>) => {
        const next = named('u', tanh(add(matmul(g, p.w), r)))
        return [next, next]
      }, add(h, v), broadcastTo(p.c, [2, 3]))
      const next = named('h', add(last, v))
      return [next, next]
    }, broadcastTo(p.c, ['B', 3]), x)
    return mean(sum(square(named('y_t', cumsum(named('z', hs), 0), { latex: 'y_t' })), [0]))
  },
}).statement({ x: f32(5, 'B', 3) }, key(0))

const statements: Readonly<Record<string, () => Statement | Promise<Statement>>> = {
  made, vqvae, wganGp: () => wganGp(), gan: () => gan(), trpo, nameless, averaged, loops,
  ...Object.fromEntries(readdirSync(join(root, 'examples')).filter(f => f.endsWith('.ts')).map(file => [`examples/${file}`, async () => {
    const { default: recipe } = await import(pathToFileURL(join(root, 'examples', file)).href) as { default: Recipe }
    return (await statementOf(recipe)).statement
  }])),
}
const about = { name: 'page', summary: '' }

describe.each(Object.keys(statements))('%s', name => {
  it('has no empty group, doubled sign or open brace, and no loose index', async () => {
    const statement = await statements[name]()
    const { markdown } = documents(statement, about)
    expect(formulasOf(markdown).length).toBeGreaterThan(3)
    expect(formulasOf(markdown).flatMap(faultsOf)).toEqual([])
    expect(indexFaults(mathematics(statement))).toEqual([])
  }, 60_000)
})

it('finds what is unsound', () => {
  const wrong = [
    '\\bar{\\mathrm{}}', '\\hat{}', 'x_{}', 'a + -b', 'a - - b', '1 \\cdot x', '1 \\, x', 'x_{i', '\\left( x', '\\sum_{i}^{49*B} x',
  ]
  expect(wrong.filter(latex => faultsOf(latex).length === 0)).toEqual([])
  const right = ['10^{-8}', '\\phi \\in [-c, c]', '1 - x', '\\begin{cases} 1 & \\text{else} \\end{cases}', 'a_{t - 1} \\, x', '0.1 \\, x']
  expect(right.flatMap(faultsOf)).toEqual([])
})

describe('moving averages', () => {
  it('print their formula, of the optimiser and of carried state', () => {
    const { markdown } = documents(averaged(), about)
    expect(markdown).toContain('$`\\bar{\\theta} \\leftarrow 0.999 \\, \\bar{\\theta} + (1 - 0.999) \\, \\theta`$')
    expect(markdown).toContain('The carried state takes its next value, from what the step began with:')
    expect(mathematics(averaged()).carried.map(f => f.latex)).toEqual(
      ['\\overline{\\mathrm{target}}_{0} \\leftarrow 0.9 \\, \\overline{\\mathrm{target}}_{0} + 0.1 \\, W'])
  })
  it('of a codebook say what entries, counts and sums become', async () => {
    const { carried, where } = mathematics(await statements['examples/vqvae.ts']())
    expect(carried).toHaveLength(3)
    expect(carried[1].latex).toBe(
      '\\overline{\\mathrm{counts}} \\leftarrow \\begin{cases} 1 & \\text{if } N < 1 \\\\ N & \\text{else} \\end{cases}',
    )
    expect(where.map(f => f.latex)).toContain('N_{i} = 0.95 \\, \\overline{\\mathrm{counts}}_{i} + 0.05 \\, n_{i}')
  })
})

describe('steps', () => {
  it('are bound by the sum over them, and by nothing else', async () => {
    const { problem, where } = mathematics(await statements['examples/reinforce.ts']())
    expect(problem[0].latex).toContain('\\left[ \\sum_{t = 1}^{500} \\log\\pi_{\\theta}(a_t \\mid s_t) \\hat{A}_t \\right]')
    expect(problem[1].latex).toContain('\\sum_{t, i} (G_{t,i} - v_{\\phi}(s_t)_{i})^{2} m_{t,i}')
    expect(where.map(f => f.latex)).toContain('c_{500} = \\operatorname{sg}[v_{\\phi}(s_{501})]')
  })
  it('are indices of what changes within a loop', async () => {
    const lines = mathematics(await statements['examples/nade.ts']()).where.map(f => f.latex)
    expect(lines).toContain('h_{t} = \\sigma(a_{t})')
    expect(mathematics(loops()).where.map(f => f.latex)).toEqual([
      'y_{t,i,j} = \\sum_{k = 1}^{t} z_{k,i,j}', 'z_{t} = h_{t}', 'h_{t} = a_{t,3} + x_{t}',
      'a_{t,1} = q_{t} + x_{t}', 'a_{t,i + 1} = o_{t,i}', 'q_{1} = c', 'q_{t + 1} = z_{t}',
      'o_{t,i} = u_{t,i}', 'u_{t,i,j,k} = \\tanh((a_{t,i} W)_{j,k} + c_{k})',
    ])
  })
})

it('gives what has no name a symbol', () => {
  const { markdown } = documents(nameless(), about)
  for (const symbol of ['\\overline{\\mathrm{state}}', 'W_{0}', 'W_{1}', 'x_{0}', 'x_{1}']) expect(markdown).toContain(`$\`${symbol}\`$`)
})
