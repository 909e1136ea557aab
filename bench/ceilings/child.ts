/** An engine of typegrad in its own process, one operation after another. */
import { join } from 'node:path'
import { onnxEngine, openEngine, type Engine, type EngineName } from 'typegrad/engines'
import { writeArrays } from '../harness/arrays.js'
import { memory, serve } from '../harness/serve.js'
import type { Ready } from './op.js'
import { ops } from './ops/index.js'

let engine: Engine | undefined
let ready: Ready | undefined

await serve(async command => {
  switch (command.do) {
    case 'init': {
      const { workload, variant, threads, folder } = command
      const found = ops.find(o => o.name === workload)
      if (found === undefined) throw new Error(`${workload} is no operation`)
      // By its name, onnx leaves small programs to generated code: here it is ONNX Runtime itself.
      engine ??= variant === 'onnx' ? await onnxEngine({ threads }) : await openEngine(variant as EngineName, { threads })
      const began = performance.now()
      ready = await found.open(engine, folder)
      await ready.run(found.calls ?? 1)
      writeArrays(join(folder, `${variant.replace(':', '-')}.safetensors`), await ready.results())
      return { version: `${engine.name} ${engine.version}`, seconds: (performance.now() - began) / 1000 }
    }
    case 'steps': {
      if (ready === undefined) throw new Error('steps came before init')
      const began = performance.now()
      await ready.run(command.n)
      return { seconds: (performance.now() - began) / 1000, loss: 0 }
    }
    case 'peak': return memory()
    default: throw new Error('an unknown command')
  }
})
