/** Samples from a trained state: long samplings go chunk by chunk, so that they can be watched and stopped. */
import { hostKey } from '../dsl/keys.js'
import type { Value } from '../dsl/value.js'
import type { Engine } from '../interp/engine.js'
import { keySpec, learntSpec, type Assembly, type LearntValues } from './assembly.js'
import { compileTrees, type Runnable } from './compiled.js'
import type { Pause } from './pause.js'
import { keyValue } from './random.js'

// Part of what decides the bits of more samples than this, so it is a constant.
const CHUNK = 100

/** Samples, and how fast they were drawn once the sampler was compiled. */
export interface Drawn { readonly samples: Value; readonly perMinute: number }
/** Told after every chunk how many samples there are. */
export type Watch = (drawn: number, perMinute: number) => void

type Sampler = Runnable<LearntValues, { readonly key: Value }, { readonly samples: Value }>

/** The first `count` rows of the chunks. */
const joined = (chunks: readonly Value[], count: number): Value => {
  const [{ shape: [, ...row], dtype, data }] = chunks
  if (chunks.length === 1 && chunks[0].shape[0] === count) return chunks[0]
  const each = row.reduce((n, d) => n * d, 1)
  const all = new (data.constructor as new (length: number) => typeof data)(count * each)
  chunks.reduce((at, chunk) => {
    all.set(chunk.data.subarray(0, Math.min(chunk.data.length, all.length - at)), at)
    return Math.min(all.length, at + chunk.data.length)
  }, 0)
  return { shape: [count, ...row], dtype, data: all }
}

/**
 * Draws `count` samples from a state; the same seed gives the same samples. Up to a hundred are drawn at once, more in chunks of a hundred,
 * each from a key of its own; what the last chunk has too many is cut.
 */
export const drawSamples = async (
  engine: Engine, a: Assembly, { params, aux }: LearntValues, count: number, seed: number, pause: Pause, watch: Watch = () => {},
): Promise<Drawn | undefined> => {
  if (a.draw === undefined) return undefined
  const program: Sampler =
    await compileTrees(engine, a.draw(Math.min(count, CHUNK)), { state: { ...learntSpec(a) }, inputs: { key: keySpec() } })
  try {
    await program.write({ params, aux })
    const chunks: Value[] = []
    const began = performance.now()
    const perMinute = (drawn: number) => drawn / Math.max(1e-6, performance.now() - began) * 60_000
    for (let drawn = 0; drawn < count; drawn += CHUNK) {
      if (drawn > 0) await pause()
      const key = count <= CHUNK ? hostKey(seed, 'sample') : hostKey(seed, 'sample', chunks.length)
      chunks.push((await program.run({ key: keyValue(key) })).samples)
      if (count > CHUNK) watch(Math.min(count, drawn + CHUNK), perMinute(drawn + CHUNK))
    }
    return { samples: joined(chunks, count), perMinute: perMinute(count) }
  } finally { await program.release() }
}
