/** The tfjs engine: a program as a straight line of kernels, on whichever backend works here; users never free anything. */
import { InternalError, TypegradError } from '../../dsl/errors.js'
import { checkState, splitEnds } from '../ends.js'
import type { Engine, EngineOptions, Executable, Program } from '../engine.js'
import { firstGiven, givenPositions } from '../given-positions.js'
import { releasable } from '../releasable.js'
import { backendNames, openBackend, type Importer } from './backends.js'
import type { Device, Info } from './device.js'
import { lower } from './lower.js'

/** What a kernel throws, in a sentence; errors that are worded already stay as they are. */
const stopped = ({ name }: Device, e: unknown): unknown => e instanceof TypegradError || e instanceof InternalError ? e
  : new TypegradError('engine', `tfjs:${name}: the program stopped: ${(e instanceof Error ? e.message : String(e)).split('\n').slice(0, 2)
    .join(' ')}; the engine js runs it slowly and without tfjs`)

const compile = (device: Device, program: Program): Executable => {
  const ends = splitEnds(program)
  const plan = lower(device, program.inputs, program.outputs)
  // A device whose memory is its own does not tell of positions outside of an axis: those that are given are looked at here.
  const unseen = device.near ? [] : givenPositions(program)
  let state: Info[] = []
  const replaceState = (next: Info[]): void => {
    state.forEach((s, i) => { if (s !== next[i]) device.free(s) })
    state = next
  }
  return releasable({
    run: async inputs => {
      device.use()
      const args = ends.join<Info>(inputs, state)
      const wrong = firstGiven(unseen, args)
      if (wrong !== null) throw wrong
      const given = args.map(a => 'data' in a ? device.upload(a) : a)
      let results: Info[]
      try {
        results = plan.run(given)
      } catch (e) {
        throw stopped(device, e)
      } finally {
        given.forEach((g, i) => { if (g !== args[i]) device.free(g) })
      }
      const { outputs, next } = ends.split(results, state)
      replaceState(next)
      try {
        return await Promise.all(outputs.map(device.download))
      } finally {
        outputs.forEach(device.free)
      }
    },
    write: values => new Promise(resolve => {
      checkState(program, values)
      replaceState(values.map(device.upload))
      resolve()
    }),
    read: () => Promise.all(state.map(device.download)),
    release: () => {
      replaceState([])
      plan.release()
      return Promise.resolve()
    },
  })
}

/** The engine on an open device. */
export const tfjsOn = (device: Device): Engine => ({
  name: `tfjs:${device.name}`,
  version: device.version,
  compile: program => new Promise(resolve => { resolve(compile(device, program)) }),
})

/** Opens the first backend that works; what is said of those that do not stands in the error when none does. */
const firstDevice = async (options: EngineOptions, importer: Importer | undefined): Promise<Device> => {
  if (options.backend !== undefined) return openBackend(options.backend, options, importer)
  const reasons: string[] = []
  for (const name of backendNames) {
    try {
      return await openBackend(name, options, importer)
    } catch (e) {
      if (!(e instanceof TypegradError)) throw e
      reasons.push(e.message)
    }
  }
  throw new TypegradError('engine', `tfjs has no backend that works here: ${reasons.join('; ')}`)
}

/**
 * The engine over tfjs kernels, on the backend that `options` names or else the first that works: node-gpu, node, webgpu, wasm, cpu.
 *
 * @throws TypegradError of kind `engine`: which package is missing and how to install it
 * @example
 * ```ts
 * import { tfjsEngine } from 'typegrad/engines'
 *
 * const engine = await tfjsEngine({ backend: 'cpu' })
 * console.log(engine.name)
 * ```
 */
export const tfjsEngine = async (options: EngineOptions = {}, importer?: Importer): Promise<Engine> =>
  tfjsOn(await firstDevice(options, importer))
