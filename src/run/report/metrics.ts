/** metrics.jsonl: one JSON object a line, appended as training goes; the other reports are drawn from it. */
import { closeSync, existsSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import { TypegradError } from '../../dsl/errors.js'
import { attempt, type Effect } from '../effect.js'
import { writeAtomic } from '../files/atomic.js'

const Header = t.type({ split: t.union([t.literal('train'), t.literal('test'), t.literal('note')]), step: t.number, seconds: t.number })
// JSON has no NaN or infinity: it writes null
const Line = t.intersection([Header, t.record(t.string, t.union([t.number, t.string, t.null]))])

/** The figures of one step (`train`) or of one evaluation after it (`test`), or a sentence about a step (`note`); `seconds` of training. */
export type MetricLine = t.TypeOf<typeof Header> & Readonly<Record<string, number | string | null>>

/** The figures of a line, without where and when; what was not finite is NaN. */
export const figuresOf = ({ split: _, step: __, seconds: ___, ...figures }: MetricLine): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(figures).map(([name, v]) => [name, typeof v === 'number' ? v : NaN]))

/** The figure that tells how training goes: the loss, else the first one. */
export const leadingFigure = (figures: Readonly<Record<string, unknown>>): string =>
  'loss' in figures ? 'loss' : Object.keys(figures).find(name => name !== 'epoch') ?? 'loss'

/** Decodes the text of metrics.jsonl; a torn last line (a write cut short) is left out, any other damage is a sentence. */
export const parseMetrics = (file: string, text: string): E.Either<TypegradError, readonly MetricLine[]> => {
  const rows = text.split('\n')
  const torn = rows.pop() ?? ''
  const lines: MetricLine[] = []
  for (const [i, row] of [...rows, ...torn === '' ? [] : [torn]].entries()) {
    let found: unknown
    try { found = JSON.parse(row) } catch { found = undefined }
    if (Line.is(found)) lines.push(found)
    else if (i < rows.length) {
      return E.left(new TypegradError('file', `${file}:${i + 1}: not a metrics line; found ${JSON.stringify(row.slice(0, 40))}, `
        + 'expected {"split": "train" | "test" | "note", "step": ..., "seconds": ..., ...}.'))
    }
  }
  return E.right(lines)
}

/** The lines of a metrics file; none when it does not exist yet. */
export const readMetrics = (file: string): Effect<readonly MetricLine[]> => pipe(
  attempt('file', reason => `${file}: cannot be read: ${reason}.`, () => existsSync(file) ? readFile(file, 'utf8') : ''),
  TE.chainEitherK(text => parseMetrics(file, text)))

/** What a run resumed at `step` keeps: training lines and notes up to it, evaluations before it (the one due at it is made again). */
export const linesUpTo = (lines: readonly MetricLine[], step: number): readonly MetricLine[] =>
  lines.filter(l => l.split === 'test' ? l.step < step : l.step <= step)

/** The sentences of the notes, with the steps they are about, in the order of their first step. */
export const notesOf = (lines: readonly MetricLine[]): ReadonlyMap<string, readonly number[]> => {
  const notes = new Map<string, number[]>()
  for (const { split, step, text } of lines) if (split === 'note') notes.set(String(text), [...notes.get(String(text)) ?? [], step])
  return notes
}

/** An open metrics file: whole lines go to the operating system at once, so that a killed process tears at most the last. */
export interface MetricLog {
  readonly append: (line: MetricLine) => void
  /** Everything appended is on the disk when this returns: a checkpoint never is ahead of its metrics. */
  readonly sync: () => void
  readonly close: () => void
}

/** Opens a metrics file that holds exactly `kept`. */
export const openMetrics = (file: string, kept: readonly MetricLine[]): Effect<MetricLog> => pipe(
  writeAtomic(file, kept.map(l => JSON.stringify(l) + '\n').join('')),
  TE.chain(() => attempt('file', reason => `${file}: cannot be opened: ${reason}.`, () => openSync(file, 'a'))),
  TE.map(handle => ({
    append: line => { writeSync(handle, JSON.stringify(line) + '\n') },
    sync: () => fsyncSync(handle),
    close: () => closeSync(handle),
  })))
