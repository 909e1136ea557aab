/** The engines that are held against the reference, and how each one's leaks are counted. */
import type { Engine } from '../../../src/interp/engine.js'
import { onnxEngine } from '../../../src/interp/onnx/engine.js'
import { openBackend } from '../../../src/interp/tfjs/backends.js'
import { tfjsOn } from '../../../src/interp/tfjs/engine.js'
import { jsEngine } from '../../../src/interp/js/engine.js'

export interface Subject {
  readonly name: string
  readonly engine: Engine
  /** What the engine holds now; an engine without such a count holds nothing. */
  readonly live: () => unknown
}

const tfjs = async (backend: string): Promise<Subject> => {
  const device = await openBackend(backend, { threads: 1 })
  return { name: `tfjs:${backend}`, engine: tfjsOn(device), live: () => device.live() }
}

export const subjects: Readonly<Record<string, () => Promise<Subject>>> = {
  js: () => Promise.resolve({ name: 'js', engine: jsEngine, live: () => null }),
  onnx: async () => ({ name: 'onnx', engine: await onnxEngine({ threads: 1 }), live: () => null }),
  'tfjs:wasm': () => tfjs('wasm'),
  'tfjs:cpu': () => tfjs('cpu'),
}
