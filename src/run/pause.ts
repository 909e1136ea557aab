/** Engines run synchronously: without a pause now and then, signals and the progress bar would wait for the end. */

/** Thrown out of a long loop when the user asked to stop. */
export class Interrupted extends Error { override readonly name = 'Interrupted' }

/** Lets the event loop turn if it has not for a while; throws `Interrupted` when a stop was asked for. */
export type Pause = () => Promise<void>

const MILLISECONDS = 40

/** A pause that asks `stopped` whether to go on. */
export const pausing = (stopped: () => boolean): Pause => {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < MILLISECONDS) return
    await new Promise(setImmediate)
    last = performance.now()
    if (stopped()) throw new Interrupted()
  }
}
