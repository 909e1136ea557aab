/** Small statements of the four ideas, built from the public language alone. */
import {
  adam, add, block, broadcastTo, chain, clipByGlobalNorm, dist, exp, f32, grad, i32, key, leakyRelu, log, matmul, mean, mse, mul,
  named, neg, normal, relu, sigmoid, sqrt, square, stopGradient, sub,
  sum, tensor, trainStep, uniform, vectorQuantise, type Key, type Tensor,
} from '../../../src/index.js'
import { placeholders } from '../../../src/dsl/core/placeholders.js'
import type { Statement } from '../../../src/dsl/statement.js'

type Layer<I extends number, O extends number> = { readonly w: Tensor<[I, O]>; readonly b: Tensor<[O]> }
type Net = { readonly hidden: Layer<2, 8>; readonly out: Layer<8, 1> }
const net = (): Net => ({ hidden: { w: f32(2, 8), b: f32(8) }, out: { w: f32(8, 1), b: f32(1) } })

export const vqvae = (): Statement => trainStep({
  params: { encoder: { w: f32(6, 4), b: f32(4) }, codebook: f32(10, 4), decoder: { w: f32(4, 6), b: f32(6) } },
  optimiser: chain(clipByGlobalNorm(1), adam(3e-4)),
  loss: (p, { x }: { x: Tensor<['B', 6]> }) => {
    const E = block('E', (q: { w: Tensor<[6, 4]>; b: Tensor<[4]> }, v: Tensor<['B', 6]>) => relu(add(matmul(v, q.w), q.b)))
    const D = block('D', (q: { w: Tensor<[4, 6]>; b: Tensor<[6]> }, v: Tensor<['B', 4]>) => sigmoid(add(matmul(v, q.w), q.b)))
    const β = named('β', tensor(0.25))
    const z = named('z_e', E(p.encoder, x))
    const { nearest: e, quantised } = vectorQuantise(p.codebook, z)
    const drawn = named('x̂', D(p.decoder, quantised))
    return add(add(named('reconstruction', mse(x, drawn)), named('codebook', mse(stopGradient(z), e))),
      mul(β, named('commitment', mse(z, stopGradient(e)))))
  },
}).statement({ x: f32('B', 6) }, key(0))

export const made = (): Statement => trainStep({
  params: { hidden: [{ w: f32(5, 7), b: f32(7) }], out: { w: f32(7, 5), b: f32(5) } }, optimiser: adam(1e-3),
  loss: (p, { x }: { x: Tensor<['B', 5]> }) => {
    const h = named('h', relu(add(matmul(x, p.hidden[0].w), p.hidden[0].b)))
    const each = dist.bernoulli(named('logits', add(matmul(h, p.out.w), p.out.b))).logProb(x)
    return neg(mean(sum(named('conditional', each, { latex: '\\log p(x_d \\mid x_{<d})' }), [1])))
  },
}).statement({ x: f32('B', 5) }, key(0))

const critic = block('f', (p: Net, x: Tensor<['B', 2]>) => add(matmul(leakyRelu(add(matmul(x, p.hidden.w), p.hidden.b)), p.out.w), p.out.b))
const generator = block('G', (p: Net & { readonly shift: Tensor<[2]> }, z: Tensor<['B', 2]>) =>
  add(matmul(relu(add(matmul(z, p.hidden.w), p.hidden.b)), broadcastTo(p.out.b, [8, 2])), p.shift))

export const wganGp = (k: Key = key(0)): Statement => {
  const params = placeholders({ critic: net(), generator: { ...net(), shift: f32(2) } })
  const x = f32('B', 2)
  const z = named('z', normal(k, ['B', 2]))
  const fake = named('x̃', generator(params.generator, z))
  const value = sub(mean(critic(params.critic, x)), mean(critic(params.critic, fake)))
  const ε = broadcastTo(named('ε', uniform(k, ['B', 1])), ['B', 2])
  const at = named('x̂', add(mul(ε, x), mul(sub(1, ε), fake)))
  const g = grad((v: Tensor<['B', 2]>) => sum(critic(params.critic, v)))(at)
  const penalty = mean(square(sub(sqrt(sum(square(g), [1])), 1)))
  return {
    params, aux: {},
    objectives: [
      { player: 'critic', sense: 'maximise', moves: params.critic, value, steps: 5,
        optimiser: adam(1e-4, { beta1: 0, beta2: 0.9 }).described,
        constraints: [{ kind: 'penalty', name: 'gradient penalty', weight: 10, value: penalty }] },
      { player: 'generator', sense: 'minimise', moves: params.generator, value, constraints: [], steps: 1,
        optimiser: adam(1e-4).described },
    ],
  }
}

export const gan = (k: Key = key(0)): Statement => {
  const params = placeholders({ D: net(), G: { ...net(), shift: f32(2) } })
  const D = block('D', (p: Net, x: Tensor<['B', 2]>) => add(matmul(leakyRelu(add(matmul(x, p.hidden.w), p.hidden.b)), p.out.w), p.out.b))
  const z = named('z', normal(k, ['B', 2]))
  const logistic = (l: Tensor<['B', 1]>): Tensor<['B', 1]> => sigmoid(l)
  const value = add(mean(log(logistic(D(params.D, f32('B', 2))))), mean(log(sub(1, logistic(D(params.D, generator(params.G, z)))))))
  return {
    params, aux: {},
    objectives: [
      { player: 'D', sense: 'maximise', moves: params.D, value, steps: 1, constraints: [{ kind: 'clip', bound: 0.01 }] },
      { player: 'G', sense: 'minimise', moves: params.G, value, steps: 1, constraints: [] },
    ],
  }
}

export const trpo = (): Statement => {
  const params = placeholders({ w: f32(4, 2), b: f32(2) })
  const old = { w: stopGradient(params.w), b: stopGradient(params.b) }
  type P = typeof params
  const at = (p: P, s: Tensor<['B', 4]>) => dist.categorical(add(matmul(s, p.w), p.b))
  const [s, a] = [named('s', f32('B', 4)), named('a', i32('B'))]
  const logPi = block('log π', (p: P, x: Tensor<['B', 4]>, u: Tensor<['B'], 'int32'>) => at(p, x).logProb(u), { latex: '\\log\\pi' })
  const kl = block('KL', (p: P, q: P, x: Tensor<['B', 4]>) => at(p, x).kl(at(q, x)))
  const surrogate = mean(mul(exp(sub(logPi(params, s, a), logPi(old, s, a))), named('Â', f32('B'))))
  return {
    params, aux: {},
    objectives: [{
      player: 'policy', sense: 'maximise', moves: params, value: surrogate, steps: 1,
      constraints: [{ kind: 'atMost', name: 'KL', bound: 0.01, value: mean(kl(old, params, s)) }],
      solver: { name: 'naturalGradient', settings: { conjugateGradientSteps: 10, damping: 0.1, backtrack: 0.8, backtracks: 10 } },
    }],
  }
}
