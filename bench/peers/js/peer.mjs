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

/**
 * A function that takes n more steps over the batches in turn, `step(batch, last)` with what the step before gave, if it is of the same n;
 * it gives `answer` of what the last step gave.
 */
export const loop = (batches, step, answer) => {
  let done = 0
  return async n => {
    let last
    for (let i = 0; i < n; i++) last = await step(batches[done++ % batches.length], last)
    return answer(last)
  }
}
