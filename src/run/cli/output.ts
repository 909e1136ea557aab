/** Where words go: people read one stream; with `--json`, the last line of stdout is for programs. */
import { match, P } from 'ts-pattern'
import { InternalError, TypegradError } from '../../dsl/errors.js'
import type { Terminal } from '../report/progress.js'

/** The streams of a command. */
export interface Output {
  /** For people: stdout, or stderr with `--json`. */
  readonly people: Terminal
  readonly say: (line: string) => void
  /** What is known of the command so far: it goes into the JSON object, however the command ends. */
  readonly know: (facts: Facts) => void
  /** The last word: the JSON object of `--json`, otherwise nothing. */
  readonly result: (value: Facts) => void
}
/** The entries of a JSON object. */
export type Facts = Readonly<Record<string, unknown>>

/** The output of a command with or without `--json`. */
export const output = (json: boolean): Output => {
  const people: Terminal = json ? process.stderr : process.stdout
  let known: Facts = {}
  return {
    people,
    say: line => { people.write(line + '\n') },
    know: facts => { known = { ...known, ...facts } },
    result: value => { if (json) process.stdout.write(JSON.stringify({ ...value, ...known, ...value }) + '\n') },
  }
}

/** Runs a command; with `--json`, a fault ends in an object too: what is known, and `error`. */
export const answering = async (json: boolean | undefined, command: (out: Output) => Promise<number>): Promise<number> => {
  const out = output(json === true)
  try { return await command(out) } catch (e) {
    out.result({ error: e instanceof Error ? e.message : String(e) })
    throw e
  }
}

/** Exit codes: a wrong command line is told from a failed run. */
export const EXIT = { usage: 2, failure: 1 } as const

/** Prints what went wrong and gives the exit code; a stack trace only for our own bugs, or when TYPEGRAD_DEBUG asks. */
export const reportFault = (e: unknown): number => {
  const bug = (message: string) => `typegrad bug: ${message}. Please report it with the command that led here.`
  const fault = match(e)
    .with(P.instanceOf(TypegradError), ({ message, kind, stack }) =>
      ({ message, stack, ours: false, code: kind === 'config' ? EXIT.usage : EXIT.failure }))
    .with(P.instanceOf(InternalError), ({ message, stack }) => ({ message, stack, ours: true, code: EXIT.failure }))
    .with(P.instanceOf(Error), ({ message, stack }) => ({ message: bug(message), stack, ours: true, code: EXIT.failure }))
    .otherwise(thrown => ({ message: bug(String(thrown)), stack: undefined, ours: true, code: EXIT.failure }))
  const debug = (process.env['TYPEGRAD_DEBUG'] ?? '') !== ''
  process.stderr.write(`${fault.message}\n`)
  if (fault.stack !== undefined && (fault.ours || debug)) process.stderr.write(`${fault.stack}\n`)
  return fault.code
}
