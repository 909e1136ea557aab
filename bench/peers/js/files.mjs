/** What the harness writes: first values and batches, as flat records of arrays by path. */
import { readArrays, entry } from '../../harness/arrays.js'

const below = (arrays, name) => Object.fromEntries(Object.entries(arrays).filter(([k]) => k.startsWith(`${name}.`))
  .map(([k, v]) => [k.slice(name.length + 1), v]))

/** Parameters, carried state, constants and batches, each by name. */
export const inputs = folder => {
  const start = readArrays(`${folder}/start.safetensors`), data = readArrays(`${folder}/data.safetensors`)
  const count = Object.values(data)[0].shape[0]
  const batches = Array.from({ length: count }, (_, i) => Object.fromEntries(Object.entries(data).map(([k, v]) => [k, entry(v, i)])))
  return { params: below(start, 'params'), aux: below(start, 'aux'), constants: below(start, 'constants'), batches }
}
