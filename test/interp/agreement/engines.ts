/** The engines that are held against the reference, and how each one's leaks are counted. */
import type { Engine } from '../../../src/interp/engine.js'
import { nativeEngine } from '../../../src/interp/native/engine.js'
import { findCompiler } from '../../../src/interp/native/toolchain/compiler.js'
import { onnxEngine } from '../../../src/interp/onnx/engine.js'
import { openBackend } from '../../../src/interp/tfjs/backends.js'
import type { Device } from '../../../src/interp/tfjs/device.js'
import { tfjsOn } from '../../../src/interp/tfjs/engine.js'
import { asked, builtDevices } from '../tfjs/built.js'
import { jsEngine } from '../../../src/interp/js/engine.js'

export interface Subject {
  readonly name: string
  readonly engine: Engine
  /** What the engine holds now; an engine without such a count holds nothing. */
  readonly live: () => unknown
}

const tfjs = (open: () => Promise<Device>) => async (): Promise<Subject> => {
  const device = await open()
  return { name: `tfjs:${device.name}`, engine: tfjsOn(device), live: () => device.live() }
}

/** Why the native engine cannot be tested here; null when it can. */
const absence = await findCompiler().then(() => null, (e: unknown) => e instanceof Error ? e.message : String(e))
if (absence !== null) console.warn(`the engine native is not tested: ${absence}`)
const native = async (): Promise<Subject> => ({ name: 'native', engine: await nativeEngine({ threads: 2 }), live: () => null })

const standard: Readonly<Record<string, () => Promise<Subject>>> = {
  js: () => Promise.resolve({ name: 'js', engine: jsEngine, live: () => null }),
  onnx: async () => ({ name: 'onnx', engine: await onnxEngine({ threads: 1 }), live: () => null }),
  ...absence === null && { native },
  'tfjs:wasm': tfjs(() => openBackend('wasm', { threads: 1 })),
  'tfjs:cpu': tfjs(() => openBackend('cpu', { threads: 1 })),
}

/** In an ordinary run the engines that are installed; when a build of tfjs-node is named, that one alone. */
export const subjects: typeof standard = asked
  ? Object.fromEntries(Object.entries(builtDevices).map(([name, open]) => [`tfjs:${name}`, tfjs(open)]))
  : standard
