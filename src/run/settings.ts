/** Settings of a recipe: each has a codec, a default and a word for `--help`; what a user types is checked before anything starts. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { TypegradError } from '../dsl/errors.js'
import { nearest } from './words.js'

/** One setting: `codec` accepts its values, `codec.name` says in words what they are. */
export interface Setting<A> { readonly codec: t.Decoder<unknown, A>; readonly initial: A; readonly summary: string }
/** The named settings of a recipe. */
export type Settings = Readonly<Record<string, Setting<unknown>>>
/** The values of some settings. */
export type SettingValues<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer A> ? A : never }

const narrowed = <A>(name: string, is: (u: unknown) => u is A): t.Type<A, unknown, unknown> =>
  new t.Type<A, unknown, unknown>(name, is, (u, c) => is(u) ? t.success(u) : t.failure(u, c), a => a)
const isWhole = (u: unknown): u is number => Number.isSafeInteger(u)
const isNumber = (u: unknown): u is number => typeof u === 'number' && Number.isFinite(u)

/** Bounds of a number, both included. */
export interface Bounds { readonly min?: number; readonly max?: number }
const inside = (v: number, { min = -Infinity, max = Infinity }: Bounds) => v >= min && v <= max
const bounded = (noun: string, { min, max }: Bounds) =>
  min !== undefined && max !== undefined ? `${noun} from ${min} to ${max}`
    : min !== undefined ? `${noun} of at least ${min}` : max !== undefined ? `${noun} of at most ${max}` : noun

/** The kinds of settings: a whole number, a real number, yes or no, one of some words, a text, a list of whole numbers, or any codec. */
export const setting = {
  /** A whole number. */
  int: (initial: number, summary: string, bounds: Bounds = {}): Setting<number> =>
    ({ codec: narrowed(bounded('a whole number', bounds), (u): u is number => isWhole(u) && inside(u, bounds)), initial, summary }),
  /** A real number. */
  number: (initial: number, summary: string, bounds: Bounds = {}): Setting<number> =>
    ({ codec: narrowed(bounded('a number', bounds), (u): u is number => isNumber(u) && inside(u, bounds)), initial, summary }),
  /** Yes or no: true or false. */
  flag: (initial: boolean, summary: string): Setting<boolean> =>
    ({ codec: narrowed('true or false', (u): u is boolean => typeof u === 'boolean'), initial, summary }),
  /** One of some words. */
  oneOf: <const A extends readonly [string, ...string[]]>(words: A, initial: A[number], summary: string): Setting<A[number]> =>
    ({ codec: narrowed(`one of ${words.join(', ')}`, (u): u is A[number] => words.includes(u as string)), initial, summary }),
  /** A text. */
  text: (initial: string, summary: string): Setting<string> =>
    ({ codec: narrowed('a text', (u): u is string => typeof u === 'string'), initial, summary }),
  /** A list of whole numbers. */
  ints: (initial: readonly number[], summary: string, bounds: Bounds = {}): Setting<readonly number[]> => ({
    codec: narrowed(`a list of ${bounded('whole numbers', bounds)}${initial.length > 0 ? ` such as ${JSON.stringify(initial)}` : ''}`,
      (u): u is readonly number[] => Array.isArray(u) && u.every(v => isWhole(v) && inside(v, bounds))),
    initial, summary,
  }),
  /** A setting with an io-ts codec of the recipe's own. */
  of: <A>(codec: t.Decoder<unknown, A>, initial: A, summary: string): Setting<A> => ({ codec, initial, summary }),
} as const

/** The defaults of some settings. */
export const initialSettings = <S extends Settings>(settings: S): SettingValues<S> =>
  Object.fromEntries(Object.entries(settings).map(([k, s]) => [k, s.initial])) as SettingValues<S>

const keysOf = (settings: Settings) => Object.keys(settings).length > 0
  ? `Its settings are ${Object.keys(settings).join(', ')}.` : 'It has no settings.'

/** Decodes raw values over the defaults; an unknown key or a bad value is refused with the list of keys. */
export const decodeSettings = <S extends Settings>(
  recipe: string, settings: S, raw: Readonly<Record<string, unknown>>,
): E.Either<TypegradError, SettingValues<S>> => {
  const refuse = (why: string) => E.left(new TypegradError('config', `${why} ${keysOf(settings)}`))
  const values: Record<string, unknown> = { ...initialSettings(settings) }
  for (const [key, value] of Object.entries(raw)) {
    if (!Object.hasOwn(settings, key)) {
      return refuse(`${recipe} has no setting ${JSON.stringify(key)}.${nearest(key, Object.keys(settings))}`)
    }
    const decoded = settings[key].codec.decode(value)
    if (E.isLeft(decoded)) return refuse(`${recipe}: ${key} is ${JSON.stringify(value)}, but it must be ${settings[key].codec.name}.`)
    values[key] = decoded.right
  }
  return E.right(values as SettingValues<S>)
}

/** Reads `key=value` as typed on a command line: JSON where it is JSON (numbers, true, lists), a text otherwise. */
export const parseAssignments = (assignments: readonly string[]): E.Either<TypegradError, Readonly<Record<string, unknown>>> => {
  const raw: Record<string, unknown> = {}
  for (const assignment of assignments) {
    const at = assignment.indexOf('=')
    if (at < 1) return E.left(new TypegradError('config', `--set ${assignment}: expected key=value, as in --set lr=0.001.`))
    const key = assignment.slice(0, at), text = assignment.slice(at + 1)
    try { raw[key] = JSON.parse(text) } catch { raw[key] = text }
  }
  return E.right(raw)
}
