/** Types are gone when a recipe file runs: its parts, and what its functions give, are checked here, each fault in one sentence. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { TypegradError } from '../dsl/errors.js'
import type { Source } from './data/dataset.js'
import { nearest } from './words.js'

const narrowed = <A>(name: string, is: (u: unknown) => boolean): t.Type<A, unknown, unknown> => new t.Type<A, unknown, unknown>(
  name, (u): u is A => is(u), (u, c) => is(u) ? t.success(u as A) : t.failure(u, c), a => a)
const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u) && !(u instanceof Promise)
const isCount = (u: unknown) => Number.isSafeInteger(u) && (u as number) >= 1
const giving = (example: string) => narrowed(`a function, as in ${example}`, u => typeof u === 'function')
const count = (what: string) => narrowed(`${what}: a whole number of at least 1`, isCount)

const span = narrowed('{ steps: n } or { epochs: n }, one of the two, n above 0', u => isRecord(u) && Object.keys(u).length === 1
  && (isCount(u['steps']) || typeof u['epochs'] === 'number' && Number.isFinite(u['epochs']) && u['epochs'] > 0))
const settings = narrowed('a record of settings, as in { lr: setting.number(0.1, \'learning rate\') }', u => isRecord(u)
  && Object.values(u).every(s => isRecord(s) && isRecord(s['codec']) && 'initial' in s && typeof s['summary'] === 'string'))
const picture = narrowed('a picture\'s size, as in { height: 28, width: 28 }',
  u => isRecord(u) && isCount(u['height']) && isCount(u['width']))

type Codecs = Readonly<Record<string, t.Type<unknown, unknown, unknown>>>
interface Form { readonly required: Codecs; readonly optional: Codecs }

const SAMPLES: Form = {
  required: {
    count: count('how many pictures'), picture,
    draw: giving('({ model, params, key, count }) => model.sample(params, key, count)'),
  },
  optional: {},
}
const PARTS: Form = {
  required: {
    // the name goes into the paths of run folders
    name: narrowed('a word of letters, digits, dots, dashes and underscores, because run folders are named by it',
      u => typeof u === 'string' && /^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u.test(u)),
    summary: narrowed('a sentence', u => typeof u === 'string'),
    settings,
    data: giving('() => mnist()'),
    model: giving('() => ({ params: { w: f32(784, 10) } })'),
    objective: giving('({ params, batch }) => loss'),
    optimiser: giving('() => adam(0.001)'),
    schedule: giving('() => ({ batch: 100, length: { epochs: 1 } })'),
  },
  optional: {
    evaluation: giving('({ params, batch }) => ({ error })'), samples: narrowed('a record with count, picture and draw', isRecord),
    published: giving('() => [{ model, metric, figure, source }]'),
  },
}
const SCHEDULE: Form = {
  required: { batch: count('rows a step'), length: span },
  optional: { evaluate: span, logEvery: count('steps between two lines of metrics') },
}
const FIELD: Form = {
  required: {
    shape: narrowed('the shape of one row: a list of whole numbers', u => Array.isArray(u) && u.every(n => n === 0 || isCount(n))),
    dtype: narrowed('\'float32\', \'int32\' or \'bool\'', u => u === 'float32' || u === 'int32' || u === 'bool'),
  },
  optional: {},
}

const isDeep = (u: Readonly<Record<string, unknown>>) => Object.values(u).some(v => typeof v === 'object' || typeof v === 'function')
const shown = (u: unknown): string => typeof u === 'function' ? 'a function' : u instanceof Promise ? 'a promise'
  : Array.isArray(u) && u.length > 6 ? `a list of ${u.length}`
  : isRecord(u) && isDeep(u) ? `a record with ${Object.keys(u).slice(0, 6).join(', ')}`
    : JSON.stringify(u) ?? String(u)

/** Throws the sentence about the first entry of `found` that is not as it must be; `what` names the record. */
const check = (what: string, noun: string, { required, optional }: Form, found: unknown): void => {
  const names = [...Object.keys(required), ...Object.keys(optional)]
  const refuse = (why: string): never => { throw new TypegradError('config', `${what}${why}`) }
  if (!isRecord(found)) return refuse(` is ${shown(found)}, but it must be a record with ${Object.keys(required).join(', ')}.`)
  const stray = Object.keys(found).find(k => !names.includes(k))
  if (stray !== undefined) refuse(` has no ${noun} ${stray}.${nearest(stray, names)} Its ${noun}s are ${names.join(', ')}.`)
  for (const [name, codec] of Object.entries({ ...required, ...optional })) {
    const entry = found[name]
    if (entry === undefined && !(name in required)) continue
    if (entry === undefined) refuse(`: ${name} is missing; it must be ${codec.name}.`)
    if (E.isLeft(codec.decode(entry))) refuse(`: ${name} is ${shown(entry)}, but it must be ${codec.name}.`)
  }
}

/** Checks what `defineRecipe` is given. */
export const checkParts = (parts: unknown): void => {
  const named = isRecord(parts) && PARTS.required['name'].is(parts['name']) ? ` ${String(parts['name'])}` : ''
  check(`the recipe${named}`, 'part', PARTS, parts)
  const { samples } = parts as { readonly samples?: unknown }
  if (samples !== undefined) check(`the recipe${named}: samples`, 'entry', SAMPLES, samples)
}

const refusal = (what: string, found: unknown, wanted: string) => new TypegradError('config', `${what} gives ${shown(found)}, but `
  + `${wanted} is expected${found instanceof Promise ? ': a recipe\'s functions are not async' : ''}.`)

/** What `data` gives, when it is a data set. */
export const checkSource = (found: Source): Source => {
  const source: unknown = found
  const whole = isRecord(source) && typeof source['name'] === 'string' && isRecord(source['fields']) && typeof source['load'] === 'function'
  if (!whole) throw refusal('its data', source, 'a data set, such as mnist() or arrays(...),')
  for (const [name, field] of Object.entries(found.fields)) checkField(found.name, name, field)
  return found
}

/** Checks one field of a data set. */
export const checkField = (source: string, name: string, field: unknown): void =>
  check(`${source}: the field ${name}`, 'entry', FIELD, field)

/** What `model` gives, when it has parameters. */
export const checkModel = <M>(model: M): M => {
  const found: unknown = model
  // A layer or a definition is a function that carries its parameters.
  const holder = isRecord(found) || typeof found === 'function' ? found : {}
  if (!('params' in holder) || typeof holder.params !== 'object' || holder.params === null) {
    throw refusal('its model', found, 'a record, layer or definition with params')
  }
  return model
}

/** What `optimiser` gives, when it is an optimiser. */
export const checkOptimiser = <O>(optimiser: O): O => {
  const found: unknown = optimiser
  if (!isRecord(found) || typeof found['init'] !== 'function' || typeof found['update'] !== 'function') {
    throw refusal('it', found, 'an optimiser, such as adam(0.001),')
  }
  return optimiser
}

/** What `schedule` gives, when it can be kept. */
export const checkSchedule = <S>(schedule: S): S => {
  const found: unknown = schedule
  if (found instanceof Promise) throw refusal('its schedule', found, 'a record')
  check('its schedule', 'entry', SCHEDULE, found)
  return schedule
}

/** What `objective` gives, when it is an expression or a record of them. */
export const checkLoss = <L>(loss: L): L => {
  if (!isRecord(loss)) throw refusal('it', loss, 'a scalar tensor, such as mean(square(...)),')
  return loss
}

/** What `evaluation` gives, when it is a record. */
export const checkFigures = <F>(figures: F): F => {
  if (!isRecord(figures)) throw refusal('it', figures, 'a record of figures, such as { error },')
  return figures
}

/** What `draw` gives, when it is a tensor. */
export const checkPictures = <P>(pictures: P): P => {
  if (!isRecord(pictures) || !Array.isArray(pictures['shape'])) throw refusal('it', pictures, 'a tensor of pictures')
  return pictures
}

/** What `published` gives, when it is a list of figures. */
export const checkPublished = <P>(published: P): P => {
  const isFigure = (p: unknown) => isRecord(p) && typeof p['figure'] === 'number'
    && ['model', 'metric', 'source'].every(k => typeof p[k] === 'string')
  if (!Array.isArray(published) || !published.every(isFigure)) {
    throw refusal('its published', published, 'a list of { model, metric, figure, source }')
  }
  return published
}
