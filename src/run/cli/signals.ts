/** Ctrl-C as a wish: the first one is remembered, the second ends the process at once. */

/** Whether a stop was asked for, and the end of listening. */
export interface Stop { readonly asked: () => boolean; readonly done: () => void }

/** Listens for SIGINT and SIGTERM; `first` is told of the first one. */
export const untilInterrupted = (first: () => void): Stop => {
  let asked = false
  const listener = () => {
    if (asked) process.exit(130)
    asked = true
    first()
  }
  process.on('SIGINT', listener).on('SIGTERM', listener)
  return { asked: () => asked, done: () => { process.off('SIGINT', listener).off('SIGTERM', listener) } }
}
