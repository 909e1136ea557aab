/** The workloads in tfjs: of each, a loss of parameters by path, carried state and a batch, or a step without gradients. */

const dense = (tf, p, name, x) => tf.add(tf.matMul(x, p[`${name}.w`]), p[`${name}.b`])
const count = (p, end) => Object.keys(p).filter(k => k.endsWith(end)).length
/** The mean over examples of the summed -log p of bits, from log-odds. */
const bits = (tf, logits, x) => tf.mean(tf.sum(tf.sub(tf.softplus(logits), tf.mul(x, logits)), 1))
const nats = (tf, logits, y) => {
  const classes = logits.shape.at(-1)
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(y, classes), tf.logSoftmax(logits)), -1)))
}

export const mlp = tf => ({
  rate: 1e-4,
  loss: (p, _, { x, y }) => {
    const layers = count(p, '.w')
    let h = x
    for (let i = 0; i < layers; i++) h = i + 1 < layers ? tf.relu(dense(tf, p, i, h)) : dense(tf, p, i, h)
    return nats(tf, h, y)
  },
})

export const made = tf => ({
  rate: 1e-4,
  loss: (p, { hidden, out }, { x }) => {
    const h = tf.relu(tf.add(tf.matMul(x, tf.mul(p['hidden.0.w'], hidden)), p['hidden.0.b']))
    return bits(tf, tf.add(tf.matMul(h, tf.mul(p['out.w'], out)), p['out.b']), x)
  },
})

export const nade = tf => ({
  rate: 1e-4,
  loss: (p, _, { x }) => {
    // over the last axis: over another, the gradient of cumsum has the wrong shape
    const heard = tf.cumsum(tf.mul(tf.expandDims(x, 1), tf.transpose(p.W)), 2, true)
    const h = tf.sigmoid(tf.add(heard, tf.expandDims(p.c, 1)))
    return bits(tf, tf.add(tf.sum(tf.mul(h, tf.transpose(p.V)), 1), p.b), x)
  },
})

const layersOf = (tf, p) => {
  const bias = (name, y) => tf.add(y, p[`${name}.b`])
  const conv = (name, x, stride, padding) => bias(name, tf.conv2d(x, p[`${name}.w`], stride, padding))
  const double = (name, x) => {
    const [n, h, w] = x.shape, { shape } = p[`${name}.w`]
    return bias(name, tf.conv2dTranspose(x, p[`${name}.w`], [n, 2 * h, 2 * w, shape[2]], 2, 'same'))
  }
  const residuals = (at, x) => {
    let h = x
    for (let i = 0; `${at}.blocks.${i}.narrow.w` in p; i++)
      h = tf.add(h, conv(`${at}.blocks.${i}.widen`, tf.relu(conv(`${at}.blocks.${i}.narrow`, tf.relu(h), 1, 'same')), 1, 'same'))
    return tf.relu(h)
  }
  return { conv, double, residuals }
}
const running = (tf, aux, rows, members) => {
  const [decay, epsilon] = [0.95, 1e-5]
  const mean = (old, now) => tf.add(tf.mul(old, decay), tf.mul(now, 1 - decay))
  const counts = mean(aux['codebook.counts'], tf.sum(members, 0))
  const sums = mean(aux['codebook.sums'], tf.matMul(members, rows, true, false))
  const n = tf.sum(counts)
  const size = tf.mul(tf.add(counts, epsilon), tf.div(n, tf.add(n, counts.size * epsilon)))
  // Laplace's smoothing keeps every count above 0
  return { 'codebook.counts': counts, 'codebook.sums': sums, 'codebook.entries': tf.div(sums, tf.expandDims(size, 1)) }
}
export const vqvae = tf => ({
  rate: 1e-4,
  loss: (p, aux, b) => {
    const { conv, double, residuals } = layersOf(tf, p)
    const x = tf.reshape(b.x, [-1, 28, 28, 1])
    const down = tf.relu(conv('encoder.down.1', tf.relu(conv('encoder.down.0', x, 2, 'same')), 2, 'same'))
    const z = conv('encoder.out', residuals('encoder', conv('encoder.mix', down, 1, 'same')), 1, 'same')
    const rows = tf.reshape(z, [-1, z.shape[3]]), e = aux['codebook.entries']
    const stop = tf.customGrad(t => ({ value: tf.clone(t), gradFunc: dy => tf.zerosLike(dy) }))
    const still = stop(rows)
    const codes = tf.argMax(tf.sub(tf.matMul(still, e, false, true), tf.mul(tf.sum(tf.square(e), 1), 0.5)), 1)
    // the gradient of a gather's indices is an error: nothing in here has one
    const nearest = tf.customGrad(r => ({ value: tf.gather(e, codes), gradFunc: () => tf.zerosLike(r) }))(rows)
    const quantised = tf.reshape(tf.add(rows, stop(tf.sub(nearest, rows))), z.shape)
    const wide = residuals('decoder', conv('decoder.mix', quantised, 1, 'same'))
    const drawn = double('decoder.up.1', tf.relu(double('decoder.up.0', wide)))
    const commitment = tf.mean(tf.square(tf.sub(rows, nearest)))
    return {
      loss: tf.add(tf.mean(tf.square(tf.sub(drawn, x))), tf.mul(commitment, 0.25)),
      aux: running(tf, aux, still, tf.cast(tf.oneHot(codes, e.shape[0]), 'float32')),
    }
  },
})

export const wgan_gp = tf => {
  const critic = (p, x) => {
    const layers = count(p, '.w')
    let h = x
    for (let i = 0; i < layers; i++) {
      const y = dense(tf, p, i, h)
      // max(y, 0.2 y); by maximum it would have no second derivative
      h = i + 1 < layers ? tf.add(tf.mul(y, 0.2), tf.mul(tf.relu(y), 0.8)) : y
    }
    return h
  }
  return {
    rate: 2e-5, betas: [0, 0.9],
    loss: (p, _, { real, fake, share }) => {
      const between = tf.add(tf.mul(share, real), tf.mul(tf.sub(1, share), fake))
      const slope = tf.grad(x => tf.sum(critic(p, x)))(between)
      const excess = tf.sub(tf.sqrt(tf.sum(tf.square(slope), 1)), 1)
      return tf.add(tf.sub(tf.mean(critic(p, fake)), tf.mean(critic(p, real))), tf.mul(tf.mean(tf.square(excess)), 10))
    },
  }
}

export const transformer = tf => ({
  rate: 1e-4,
  loss: (p, _, { x, y }) => {
    const [t, d] = p.places.shape, [n] = x.shape, heads = d / 64
    const through = (name, h) => tf.add(tf.reshape(tf.matMul(tf.reshape(h, [-1, h.shape[2]]), p[`${name}.w`]),
      [n, t, p[`${name}.w`].shape[1]]), p[`${name}.b`])
    const norm = (name, h) => {
      const centred = tf.sub(h, tf.mean(h, -1, true))
      const normal = tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-5)))
      return tf.add(tf.mul(normal, p[`${name}.scale`]), p[`${name}.bias`])
    }
    const gelu = h => tf.mul(tf.mul(h, 0.5), tf.add(tf.erf(tf.mul(h, Math.SQRT1_2)), 1))
    const hidden = tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([t, t]), -1, 0)), -1e30)
    const attended = (at, h) => {
      const parts = tf.transpose(tf.reshape(through(`${at}.qkv`, h), [n, t, 3, heads, 64]), [2, 0, 3, 1, 4])
      const [q, k, v] = tf.unstack(parts)
      const scores = tf.softmax(tf.add(tf.matMul(tf.div(q, 8), k, false, true), hidden))
      return through(`${at}.out`, tf.reshape(tf.transpose(tf.matMul(scores, v), [0, 2, 1, 3]), [n, t, d]))
    }
    // the gradient of gather is not there on wasm
    const tokens = tf.matMul(tf.oneHot(tf.reshape(x, [-1]), p.tokens.shape[0], 1, 0, 'float32'), p.tokens)
    let h = tf.add(tf.reshape(tokens, [n, t, d]), p.places)
    for (let i = 0; `blocks.${i}.qkv.w` in p; i++) {
      const at = `blocks.${i}`
      h = tf.add(h, attended(at, norm(`${at}.before`, h)))
      h = tf.add(h, through(`${at}.down`, gelu(through(`${at}.up`, norm(`${at}.between`, h)))))
    }
    return nats(tf, tf.matMul(tf.reshape(norm('last', h), [-1, d]), p.tokens, false, true), tf.reshape(y, [-1]))
  },
})

export const chain = tf => ({
  step: ({ x }, { shift }) => {
    const bump = tf.exp(tf.neg(tf.square(tf.sub(x, shift))))
    const next = tf.add(tf.mul(tf.tanh(tf.mul(x, 1.5)), 0.9), tf.mul(bump, tf.sigmoid(x)))
    return { params: { x: next }, value: tf.mean(next) }
  },
})

export const small_ops = tf => ({
  step: ({ x, w }, { b }) => {
    let h = x
    for (let i = 0; i < 250; i++) h = tf.mul(tf.tanh(tf.add(tf.matMul(h, w), b)), 0.99)
    return { params: { x: h, w }, value: tf.mean(h) }
  },
})

/** Answers on the host, a call at a time. */
const action = tf => ({
  step: (p, { observation }) => {
    const layers = count(p, '.w')
    let h = observation
    for (let i = 0; i < layers; i++) h = i + 1 < layers ? tf.tanh(dense(tf, p, i, h)) : dense(tf, p, i, h)
    const gumbel = tf.neg(tf.log(tf.neg(tf.log(tf.randomUniform(h.shape, 1e-7)))))
    const drawn = tf.argMax(tf.add(h, gumbel), -1)
    return { params: p, value: [drawn, tf.sum(tf.mul(tf.oneHot(drawn, 2), tf.logSoftmax(h)), -1)] }
  },
  figure: ([action], [nats]) => action === 1 ? Math.exp(nats) : 1 - Math.exp(nats),
})
export const action_1 = action, action_8 = action

/** The first layer is kept before its nonlinearity and hears one more pixel a step. */
export const sample = tf => ({
  step: (p, _, { hidden, out }) => {
    const [w, v] = [tf.mul(p['hidden.0.w'], hidden), tf.mul(p['out.w'], out)]
    const [into, outOf, b] = [tf.split(w, 784), tf.split(v, 784, 1), tf.split(p['out.b'], 784)]
    let first = tf.tile(tf.expandDims(p['hidden.0.b'], 0), [100, 1])
    const pixels = []
    for (let d = 0; d < 784; d++) {
      const [next, x] = tf.tidy(() => {
        const odds = tf.add(tf.matMul(tf.relu(first), outOf[d]), b[d])
        const x = tf.cast(tf.less(tf.randomUniform([100, 1]), tf.sigmoid(odds)), 'float32')
        return [tf.add(first, tf.matMul(x, into[d])), x]
      })
      pixels.push(x)
      first = next
    }
    return { params: p, value: [tf.concat(pixels, 1)] }
  },
  figure: x => x.reduce((a, b) => a + b) / x.length,
})
