/** jax-js on its wasm backend: the whole step, Adam too, is one jitted function that consumes its state. */
import { blockUntilReady, defaultDevice, init, jit, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import { readFileSync } from 'node:fs'
import { inputs } from './files.mjs'
import * as workloads from './jax-js-workloads.mjs'
import { loop, peer } from './peer.mjs'

const array = ({ shape, dtype, data }) => np.array(data, { dtype: dtype === 'int32' ? np.int32 : np.float32 }).reshape(shape)
const record = arrays => Object.fromEntries(Object.entries(arrays).map(([k, v]) => [k, array(v)]))
const mapped = (of, f) => Object.fromEntries(Object.keys(of).map(k => [k, f(k)]))

/** One step of Adam on records of arrays; m and v are its moments. */
const adam = (rate, [b1, b2]) => (p, m, v, t, g) => {
  const mean = (decay, old, now) => old.mul(decay).add(now.mul(1 - decay))
  const correction = decay => np.exp(t.ref.mul(Math.log(decay))).neg().add(1)
  const [c1, c2] = [b1 === 0 ? np.array(1) : correction(b1), correction(b2)]
  const nextM = mapped(p, k => mean(b1, m[k], g[k].ref)), nextV = mapped(p, k => mean(b2, v[k], np.square(g[k])))
  const moved = k => nextM[k].ref.div(c1.ref).div(np.sqrt(nextV[k].ref.div(c2.ref)).add(1e-8)).mul(rate)
  return [mapped(p, k => p[k].sub(moved(k))), nextM, nextV]
}

const training = ({ rate, betas = [0.9, 0.999], loss }, given) => {
  const update = adam(rate, betas)
  const step = jit((p, aux, constants, m, v, t, b) => {
    const [[value, next], g] = valueAndGrad(p => loss(p, { ...aux, ...constants }, b), { hasAux: true })(tree.ref(p))
    const time = t.add(1)
    return [...update(p, m, v, time.ref, g), next, time, value]
  })
  const zeros = () => mapped(given.params, k => np.zeros(given.params[k].shape))
  let [p, m, v, aux, t] = [record(given.params), zeros(), zeros(), record(given.aux), np.array(0)]
  const constants = record(given.constants)
  return b => {
    const [p1, m1, v1, aux1, t1, value] = step(p, aux, tree.ref(constants), m, v, t, tree.ref(b));
    [p, m, v, aux, t] = [p1, m1, v1, aux1, t1]
    return value
  }
}
const plain = ({ step }, given) => {
  const compiled = jit(step)
  let p = record(given.params)
  return b => {
    const [next, value] = compiled(p, tree.ref(b))
    p = next
    return value
  }
}

await peer(async ({ workload, folder }) => {
  await init('wasm')
  defaultDevice('wasm')
  const { version } = JSON.parse(readFileSync(new URL('node_modules/@jax-js/jax/package.json', import.meta.url), 'utf8'))
  const given = inputs(folder), work = workloads[workload.replaceAll('-', '_')]
  const batches = given.batches.map(record)
  const answering = () => {
    const compiled = jit(work.step), p = record(given.params)
    return loop(batches, b => compiled(tree.ref(p), tree.ref(b)).map(x => x.dataSync()), found => work.figure(...found))
  }
  const stepping = () => {
    const step = (work.step === undefined ? training : plain)(work, given)
    return loop(batches, async (b, last) => {
      last?.dispose()
      const value = step(b)
      // otherwise operations wait in a queue without an end
      await blockUntilReady(value)
      return value
    }, async value => (await value.data())[0])
  }
  return { version: `jax-js ${version} wasm`, run: work.figure === undefined ? stepping() : answering() }
})
