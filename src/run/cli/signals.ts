/** Ctrl-C as a wish: the first one is remembered, the second ends the process at once. */
import { constants } from 'node:os'

/** What asks a process to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM'
/** Which signal asked for a stop, if one did, and the end of listening. */
export interface Stop { readonly asked: () => StopSignal | undefined; readonly done: () => void }

/** The exit code of a process that a signal ended, as a shell gives it: 130 or 143. */
export const exitOf = (signal: StopSignal): number => 128 + constants.signals[signal]

// npx and timeout hand on a signal that the terminal has sent to everybody: one Ctrl-C may arrive twice.
const SAME_KEYPRESS = 300

/** Listens for SIGINT and SIGTERM; `first` is told of the first one, `again` of a second, which ends the process after it. */
export const untilInterrupted = (first: (signal: StopSignal) => void, again: (signal: StopSignal) => void): Stop => {
  let asked: { readonly signal: StopSignal; readonly at: number } | undefined
  const listener = (signal: NodeJS.Signals) => {
    const stop: StopSignal = signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT'
    if (asked === undefined) {
      asked = { signal: stop, at: performance.now() }
      first(stop)
    } else if (performance.now() - asked.at > SAME_KEYPRESS) {
      again(stop)
      process.exit(exitOf(stop))
    }
  }
  process.on('SIGINT', listener).on('SIGTERM', listener)
  return { asked: () => asked?.signal, done: () => { process.off('SIGINT', listener).off('SIGTERM', listener) } }
}
