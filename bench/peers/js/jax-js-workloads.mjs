/**
 * The workloads in jax-js: of each, a loss of parameters by path, carried state and a batch, or a step without gradients. A function of
 * jax-js uses its arguments up; all of this is traced once, so arguments are lent here (`ref`) and never given away.
 */
import { lax, nn, numpy as np, random } from '@jax-js/jax'

const lend = x => x?.ref ?? x
const lent = f => (...args) => f(...args.map(lend))
const [matmul, add, sub, mul, div, square, sqrt, exp, tanh] =
  [np.matmul, np.add, np.subtract, np.multiply, np.divide, np.square, np.sqrt, np.exp, np.tanh].map(lent)
const [relu, sigmoid, softplus, softmax, logSoftmax, stop, erf] =
  [nn.relu, nn.sigmoid, nn.softplus, nn.softmax, nn.logSoftmax, lax.stopGradient, lax.erf].map(lent)
const mean = (x, axis, keepdims) => np.mean(lend(x), axis, { keepdims })
const sum = (x, axis) => np.sum(lend(x), axis)
const reshape = (x, shape) => np.reshape(lend(x), shape)
const transpose = (x, axes) => np.transpose(lend(x), axes)

const dense = (p, name, x) => add(matmul(x, p[`${name}.w`]), p[`${name}.b`])
const count = (p, end) => Object.keys(p).filter(k => k.endsWith(end)).length
const bits = (logits, x) => mean(sum(sub(softplus(logits), mul(x, logits)), 1))
const nats = (logits, y) => {
  const hot = nn.oneHot(lend(y), logits.shape.at(-1))
  return mul(mean(sum(mul(hot, logSoftmax(logits)), -1)), -1)
}

export const mlp = {
  rate: 1e-4,
  loss: (p, _, { x, y }) => {
    const layers = count(p, '.w')
    let h = x
    for (let i = 0; i < layers; i++) h = i + 1 < layers ? relu(dense(p, i, h)) : dense(p, i, h)
    return [nats(h, y), {}]
  },
}

export const made = {
  rate: 1e-4,
  loss: (p, { hidden, out }, { x }) => {
    const h = relu(add(matmul(x, mul(p['hidden.0.w'], hidden)), p['hidden.0.b']))
    return [bits(add(matmul(h, mul(p['out.w'], out)), p['out.b']), x), {}]
  },
}

export const nade = {
  rate: 1e-4,
  loss: (p, _, { x }) => {
    const [n, d] = x.shape
    const own = mul(reshape(x, [n, d, 1]), p.W)
    const heard = sub(np.cumsum(lend(own), 1), own)
    return [bits(add(sum(mul(sigmoid(add(heard, p.c)), p.V), 2), p.b), x), {}]
  },
}

const layersOf = p => {
  // kernels are [H, W, I, O] in the files and [O, I, H, W] here, pictures [B, C, H, W]
  const kernel = name => transpose(p[`${name}.w`], [3, 2, 0, 1])
  const bias = (name, y) => add(y, reshape(p[`${name}.b`], [1, -1, 1, 1]))
  const conv = (name, x, stride, padding) =>
    bias(name, lax.convGeneralDilated(lend(x), kernel(name), [stride, stride], [[padding, padding], [padding, padding]]))
  const double = (name, x) =>
    bias(name, lax.convTranspose(lend(x), kernel(name), [2, 2], [[1, 1], [1, 1]], { transposeKernel: true }))
  const residuals = (at, x) => {
    let h = x
    for (let i = 0; `${at}.blocks.${i}.narrow.w` in p; i++)
      h = add(h, conv(`${at}.blocks.${i}.widen`, relu(conv(`${at}.blocks.${i}.narrow`, relu(h), 1, 1)), 1, 0))
    return relu(h)
  }
  return { conv, double, residuals }
}
const running = (aux, rows, members) => {
  const [decay, epsilon] = [0.95, 1e-5]
  const moved = (old, now) => add(mul(old, decay), mul(now, 1 - decay))
  const counts = moved(aux['codebook.counts'], sum(members, 0))
  const sums = moved(aux['codebook.sums'], matmul(transpose(members, [1, 0]), rows))
  const n = sum(counts)
  const size = mul(add(counts, epsilon), div(n, add(n, counts.shape[0] * epsilon)))
  return { 'codebook.counts': counts, 'codebook.sums': sums, 'codebook.entries': div(sums, reshape(size, [-1, 1])) }
}
export const vqvae = {
  rate: 1e-4,
  loss: (p, aux, b) => {
    const { conv, double, residuals } = layersOf(p)
    const x = reshape(b.x, [-1, 1, 28, 28])
    const down = relu(conv('encoder.down.1', relu(conv('encoder.down.0', x, 2, 1)), 2, 1))
    const z = transpose(conv('encoder.out', residuals('encoder', conv('encoder.mix', down, 1, 1)), 1, 0), [0, 2, 3, 1])
    const e = aux['codebook.entries'], rows = reshape(z, [-1, z.shape[3]]), still = stop(rows)
    const codes = np.argmax(sub(matmul(still, transpose(e, [1, 0])), mul(sum(square(e), 1), 0.5)), 1)
    const members = nn.oneHot(lend(codes), e.shape[0])
    const nearest = matmul(members, e)
    const quantised = transpose(reshape(add(rows, stop(sub(nearest, rows))), z.shape), [0, 3, 1, 2])
    const drawn = double('decoder.up.1', relu(double('decoder.up.0', residuals('decoder', conv('decoder.mix', quantised, 1, 1)))))
    const loss = add(mean(square(sub(drawn, x))), mul(mean(square(sub(rows, stop(nearest)))), 0.25))
    return [loss, running(aux, still, members)]
  },
}

const critic = (p, x) => {
  const layers = count(p, '.w')
  let h = x
  for (let i = 0; i < layers; i++) {
    const y = dense(p, i, h)
    h = i + 1 < layers ? add(mul(y, 0.2), mul(relu(y), 0.8)) : y
  }
  return h
}
/** The critic's gradient in its input, written out: jax-js 0.1.25 gives wrong gradients of `grad` of such layers when they are large. */
const slopeOf = (p, x) => {
  const layers = count(p, '.w'), steps = []
  let h = x
  for (let i = 0; i + 1 < layers; i++) {
    const y = dense(p, i, h)
    steps.push(stop(add(mul(np.where(np.greater(lend(y), 0), 1, 0), 0.8), 0.2)))
    h = add(mul(y, 0.2), mul(relu(y), 0.8))
  }
  let g = matmul(np.ones([x.shape[0], 1]), transpose(p[`${layers - 1}.w`], [1, 0]))
  for (let i = layers - 2; i >= 0; i--) g = matmul(mul(g, steps[i]), transpose(p[`${i}.w`], [1, 0]))
  return g
}
export const wgan_gp = {
  rate: 2e-5, betas: [0, 0.9],
  loss: (p, _, { real, fake, share }) => {
    const between = add(mul(share, real), mul(sub(1, share), fake))
    const slope = slopeOf(p, between)
    const excess = sub(sqrt(sum(square(slope), 1)), 1)
    return [add(sub(mean(critic(p, fake)), mean(critic(p, real))), mul(mean(square(excess)), 10)), {}]
  },
}

export const transformer = {
  rate: 1e-4,
  loss: (p, _, { x, y }) => {
    const [t, d] = p.places.shape, [n] = x.shape, heads = d / 64
    const norm = (name, h) => {
      const centred = sub(h, mean(h, -1, true))
      return add(mul(div(centred, sqrt(add(mean(square(centred), -1, true), 1e-5))), p[`${name}.scale`]), p[`${name}.bias`])
    }
    const gelu = h => mul(mul(h, 0.5), add(erf(mul(h, Math.SQRT1_2)), 1))
    // its own attention does not run on Node 20
    const hidden = np.array(Float32Array.from({ length: t * t }, (_, i) => i % t <= Math.floor(i / t) ? 0 : -1e30)).reshape([t, t])
    const mixed = h => {
      const part = (i, axes) => transpose(reshape(h.ref.slice([], [i * d, (i + 1) * d]), [n, t, heads, 64]), axes)
      const scores = add(div(matmul(part(0, [0, 2, 1, 3]), part(1, [0, 2, 3, 1])), 8), hidden)
      return reshape(transpose(matmul(softmax(scores), part(2, [0, 2, 1, 3])), [0, 2, 1, 3]), [n * t, d])
    }
    const attended = (at, h) => dense(p, `${at}.out`, mixed(dense(p, `${at}.qkv`, norm(`${at}.before`, h))))
    const tokens = matmul(nn.oneHot(reshape(x, [-1]), p.tokens.shape[0]), p.tokens)
    let h = reshape(add(reshape(tokens, [n, t, d]), p.places), [n * t, d])
    for (let i = 0; `blocks.${i}.qkv.w` in p; i++) {
      const at = `blocks.${i}`
      h = add(h, attended(at, h))
      h = add(h, dense(p, `${at}.down`, gelu(dense(p, `${at}.up`, norm(`${at}.between`, h)))))
    }
    return [nats(matmul(norm('last', h), transpose(p.tokens, [1, 0])), reshape(y, [-1])), {}]
  },
}

export const chain = {
  step: ({ x }, { shift }) => {
    const bump = exp(mul(square(sub(x, shift)), -1))
    const next = add(mul(tanh(mul(x, 1.5)), 0.9), mul(bump, sigmoid(x)))
    return [{ x: next }, mean(next)]
  },
}

export const small_ops = {
  step: ({ x, w }, { b }) => {
    let h = x
    for (let i = 0; i < 250; i++) h = mul(tanh(add(matmul(h, w), b)), 0.99)
    return [{ x: h, w: lend(w) }, mean(h)]
  },
}

/** Answers on the host, a call at a time. */
const action = {
  step: (p, { observation, at }) => {
    const layers = count(p, '.w')
    let h = observation
    for (let i = 0; i < layers; i++) h = i + 1 < layers ? tanh(dense(p, i, h)) : dense(p, i, h)
    const drawn = random.categorical(random.key(lend(at)), lend(h))
    const nats = sum(mul(nn.oneHot(lend(drawn), 2), logSoftmax(h)), -1)
    return [drawn, nats]
  },
  figure: ([action], [nats]) => action === 1 ? Math.exp(nats) : 1 - Math.exp(nats),
}
export const action_1 = action, action_8 = action
