/** tfjs on the backend that the variant names: wasm, cpu or node. */
import { inputs } from './files.mjs'
import { peer } from './peer.mjs'
import * as workloads from './tfjs-workloads.mjs'

const load = async backend => {
  if (backend === 'node') {
    try {
      return (await import('@tensorflow/tfjs-node')).default
    } catch {
      throw new Error(`tfjs-node does not load here; \`bash bench/peers/install\` installs it where it exists`)
    }
  }
  // the whole package: its core alone has no gradients in Node
  const tf = (await import('@tensorflow/tfjs')).default
  if (backend === 'wasm') await import('@tensorflow/tfjs-backend-wasm')
  await tf.setBackend(backend)
  return tf
}

await peer(async ({ workload, variant, folder }) => {
  const tf = await load(variant)
  await tf.ready()
  const version = `tfjs ${tf.version_core} ${tf.getBackend()}`
  const given = inputs(folder)
  const tensors = record => Object.fromEntries(Object.entries(record).map(([k, v]) => [k, tf.tensor(v.data, v.shape, v.dtype)]))
  const { rate, betas = [0.9, 0.999], loss, step, figure } = workloads[workload.replaceAll('-', '_')](tf)
  const batches = given.batches.map(tensors)
  let done = 0
  const next = () => batches[done++ % batches.length]
  const constants = tensors(given.constants)
  if (figure !== undefined) {
    const p = tensors(given.params)
    return {
      version,
      run: async n => {
        let found
        for (let i = 0; i < n; i++) {
          const b = next(), { value } = tf.tidy(() => step(p, b, constants))
          found = value.map(t => t.dataSync())
          value.forEach(t => t.dispose())
        }
        return figure(...found)
      },
    }
  }
  if (step !== undefined) {
    let p = tensors(given.params)
    return {
      version,
      run: async n => {
        let found
        for (let i = 0; i < n; i++) {
          const b = next(), before = p
          const { params, value } = tf.tidy(() => step(before, b))
          const kept = Object.values(params)
          Object.values(before).filter(t => !kept.includes(t)).forEach(t => t.dispose())
          found?.dispose()
          p = params
          found = value
        }
        const [number] = await found.data()
        found.dispose()
        return number
      },
    }
  }
  const p = Object.fromEntries(Object.entries(tensors(given.params)).map(([k, v]) => [k, tf.variable(v, true, k)]))
  let aux = tensors(given.aux)
  const optimiser = tf.train.adam(rate, ...betas, 1e-8)
  return {
    version,
    run: async n => {
      let last
      for (let i = 0; i < n; i++) {
        const b = next()
        let carried = aux
        last?.dispose()
        last = tf.tidy(() => {
          const { value, grads } = optimiser.computeGradients(() => {
            const result = loss(p, { ...aux, ...constants }, b)
            if (result.aux === undefined) return result
            carried = Object.fromEntries(Object.entries(result.aux).map(([k, v]) => [k, tf.keep(v)]))
            return result.loss
          })
          optimiser.applyGradients(grads)
          return value
        })
        if (carried !== aux) {
          Object.values(aux).forEach(t => t.dispose())
          aux = carried
        }
      }
      const [number] = await last.data()
      last.dispose()
      return number
    },
  }
})
