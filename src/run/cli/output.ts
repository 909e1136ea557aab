/** Where words go: people read one stream; with `--json`, the last line of stdout is for programs. */
import { InternalError, TypegradError } from '../../dsl/errors.js'
import type { Terminal } from '../report/progress.js'

/** The streams of a command. */
export interface Output {
  /** For people: stdout, or stderr with `--json`. */
  readonly people: Terminal
  readonly say: (line: string) => void
  /** The last word: the JSON object of `--json`, otherwise nothing. */
  readonly result: (value: Readonly<Record<string, unknown>>) => void
}

/** The output of a command with or without `--json`. */
export const output = (json: boolean): Output => {
  const people: Terminal = json ? process.stderr : process.stdout
  return {
    people,
    say: line => { people.write(line + '\n') },
    result: value => { if (json) process.stdout.write(JSON.stringify(value) + '\n') },
  }
}

/** Exit codes: a wrong command line is told from a failed run. */
export const EXIT = { usage: 2, failure: 1, interrupted: 130 } as const

/** Prints what went wrong and gives the exit code; a stack trace only for our own bugs, or when TYPEGRAD_DEBUG asks. */
export const reportFault = (e: unknown): number => {
  const isOurs = !(e instanceof TypegradError)
  const debug = (process.env['TYPEGRAD_DEBUG'] ?? '') !== ''
  const error = e instanceof Error ? e : new Error(String(e))
  const isWorded = e instanceof TypegradError || e instanceof InternalError
  const message = isWorded ? e.message : `typegrad bug: ${error.message}. Please report it with the command that led here.`
  process.stderr.write(`${message}\n`)
  if (isOurs || debug) process.stderr.write(`${error.stack ?? ''}\n`)
  return e instanceof TypegradError && e.kind === 'config' ? EXIT.usage : EXIT.failure
}
