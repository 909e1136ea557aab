/** tfjs on the backend that the variant names: wasm, cpu or node. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { inputs } from './files.mjs'
import { loop, peer } from './peer.mjs'
import * as workloads from './tfjs-workloads.mjs'

/** Where tfjs-node may lie: among the peers, where scripts/tfjs-node.mjs puts it, and where the tests build it. */
const places = ['node_modules/@tensorflow/tfjs-node', '../../../node_modules/@tensorflow/tfjs-node', '../../../.cache/tfjs-node/package']

const loadNode = threads => {
  const found = places.map(place => fileURLToPath(new URL(place, import.meta.url))).find(existsSync)
  if (found === undefined) throw new Error('tfjs-node is missing; `bash bench/peers/install` builds it where it can')
  // TensorFlow reads the sizes of its pools when it loads.
  for (const pool of ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS', 'OMP_NUM_THREADS']) process.env[pool] = String(threads)
  return createRequire(import.meta.url)(found)
}
const load = async (backend, threads) => {
  if (backend === 'node') return loadNode(threads)
  // the whole package: its core alone has no gradients in Node
  const tf = (await import('@tensorflow/tfjs')).default
  if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm')
  await tf.setBackend(backend)
  return tf
}

/** Answers on the host at every step. */
const answering = (tf, { step, figure }, { params, constants, batches }) => loop(batches, b => {
  const { value } = tf.tidy(() => step(params, b, constants))
  const found = value.map(t => t.dataSync())
  value.forEach(t => t.dispose())
  return found
}, found => figure(...found))

const number = async scalar => {
  const [found] = await scalar.data()
  scalar.dispose()
  return found
}

const plain = (tf, { step }, { params, batches }) => {
  let p = params
  return loop(batches, (b, last) => {
    const before = p
    const { params, value } = tf.tidy(() => step(before, b))
    const kept = Object.values(params)
    Object.values(before).filter(t => !kept.includes(t)).forEach(t => t.dispose())
    last?.dispose()
    p = params
    return value
  }, number)
}

const training = (tf, { rate, betas = [0.9, 0.999], loss }, { params, aux, constants, batches }) => {
  const p = Object.fromEntries(Object.entries(params).map(([k, t]) => [k, tf.variable(t, true, k)]))
  const optimiser = tf.train.adam(rate, ...betas, 1e-8)
  let carried = aux
  return loop(batches, (b, last) => {
    const before = carried
    last?.dispose()
    const value = tf.tidy(() => {
      const { value, grads } = optimiser.computeGradients(() => {
        const result = loss(p, { ...before, ...constants }, b)
        if (result.aux === undefined) return result
        carried = Object.fromEntries(Object.entries(result.aux).map(([k, v]) => [k, tf.keep(v)]))
        return result.loss
      })
      optimiser.applyGradients(grads)
      return value
    })
    if (carried !== before) Object.values(before).forEach(t => t.dispose())
    return value
  }, number)
}

await peer(async ({ workload, variant, folder, threads }) => {
  const tf = await load(variant, threads)
  await tf.ready()
  const given = inputs(folder), work = workloads[workload.replaceAll('-', '_')](tf)
  const tensors = record => Object.fromEntries(Object.entries(record).map(([k, v]) => [k, tf.tensor(v.data, v.shape, v.dtype)]))
  const { params, aux, constants } = Object.fromEntries(['params', 'aux', 'constants'].map(part => [part, tensors(given[part])]))
  const kind = work.figure !== undefined ? answering : work.step !== undefined ? plain : training
  return {
    version: `tfjs ${tf.version_core} ${variant}`,
    run: kind(tf, work, { params, aux, constants, batches: given.batches.map(tensors) }),
  }
})
