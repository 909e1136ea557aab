/** A peer in Node: under the protocol, whatever its library. */
import { memory, serve } from '../../harness/serve.js'

/** Serves a library: `start(command)` gives its version and a function that runs n steps and gives the last loss. */
export const peer = async start => {
  let running
  await serve(async command => {
    if (command.do === 'peak') return memory()
    if (command.do === 'steps') {
      const began = performance.now()
      const loss = await running(command.n)
      return { seconds: (performance.now() - began) / 1000, loss }
    }
    const began = performance.now()
    const { version, run } = await start(command)
    running = run
    return { version, seconds: (performance.now() - began) / 1000 }
  })
}
