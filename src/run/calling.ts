/** A recipe's own functions: what they throw becomes a sentence that says which one, and where in the user's file. */
import { InternalError, TypegradError } from '../dsl/errors.js'
import { userFrame } from './frames.js'

const WORDED = Symbol('worded')

/** Runs a function of the recipe's, its `what`. */
export const calling = <A>(recipe: string, what: string, f: () => A): A => {
  try { return f() } catch (e) {
    // an objective called by a training has been worded already
    if (e instanceof InternalError || typeof e === 'object' && e !== null && WORDED in e) throw e
    const frame = userFrame(e)
    const where = `${recipe}: its ${what}${frame === undefined ? '' : ` (${frame})`}`
    const fault = e instanceof TypegradError ? new TypegradError(e.kind, `${where}: ${e.message}`)
      : new TypegradError('config', `${where}: ${e instanceof Error ? e.message : String(e)}.`)
    throw Object.assign(fault, { [WORDED]: true })
  }
}
