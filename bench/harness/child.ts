/** typegrad in its own process, under the same protocol as every peer. */
import { nativeEngine, openEngine, type EngineName } from 'typegrad/engines'
import { workloads } from '../workloads/index.js'
import { memory, serve } from './serve.js'
import type { Running } from './workload.js'

let running: Running | undefined

await serve(async command => {
  switch (command.do) {
    case 'prepare': {
      await workloads[command.workload](command.sizes).prepare(await openEngine(command.variant as EngineName), command.folder)
      return {}
    }
    case 'open': {
      const began = performance.now()
      const engine = await openEngine(command.variant as EngineName, { threads: command.threads })
      return { version: `${engine.name} ${engine.version}`, seconds: (performance.now() - began) / 1000 }
    }
    case 'init': {
      const { variant, threads, without } = command
      const engine = without === undefined ? await openEngine(variant as EngineName, { threads })
        : await nativeEngine({ threads, without: [without] })
      const began = performance.now()
      running = await workloads[command.workload](command.sizes).open(engine, command.folder)
      return { version: `${engine.name} ${engine.version}`, seconds: (performance.now() - began) / 1000, compile: running.seconds,
        flops: running.flops }
    }
    case 'phases': {
      const engine = await openEngine(command.variant as EngineName, { threads: command.threads })
      return { version: `${engine.name} ${engine.version}`, ...await workloads[command.workload](command.sizes).phases(engine) }
    }
    case 'trace': return { seconds: workloads[command.workload](command.sizes).trace() }
    case 'steps': {
      if (running === undefined) throw new Error('steps came before init')
      const began = performance.now()
      const loss = await running.steps(command.n)
      return { seconds: (performance.now() - began) / 1000, loss }
    }
    case 'peak': return memory()
    default: throw new Error('an unknown command')
  }
})
