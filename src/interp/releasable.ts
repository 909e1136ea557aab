/** What a program's memory is to its caller, on every engine: given back once, and never used again. */
import { TypegradError } from '../dsl/errors.js'
import type { Executable } from './engine.js'

/**
 * An executable that may be released more than once and does nothing else after it: `run`, `write` and `read` then reject with a
 * `TypegradError` of kind `engine`. It lets go of the engine's part, so that its arrays are free while the caller still holds this.
 */
export const releasable = (made: Executable): Executable => {
  let held: Executable | null = made
  let ended = Promise.resolve()
  const using = <T>(what: string, f: (e: Executable) => Promise<T>): Promise<T> => held !== null ? f(held)
    : Promise.reject(new TypegradError('engine', `${what}: the program was released; compile it again`))
  return {
    run: inputs => using('run', e => e.run(inputs)),
    write: state => using('write', e => e.write(state)),
    read: () => using('read', e => e.read()),
    release: () => {
      if (held !== null) ended = held.release()
      held = null
      return ended
    },
  }
}
