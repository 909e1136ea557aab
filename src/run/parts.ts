/** Types are gone when a recipe file runs: its parts, and what its functions give, are checked here, each fault in one sentence. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { TypegradError } from '../dsl/errors.js'
import type { Source } from './data/dataset.js'
import { copied, isMade } from './brand.js'
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

const range = narrowed('a range [lo, hi]', u => Array.isArray(u) && u.length === 2 && u.every(Number.isFinite) && u[0] < u[1])
const isPoint = (u: unknown) => Array.isArray(u) && u.length === 2 && u.every(v => Number.isFinite(v))
const SAMPLES: Form = {
  required: {
    count: count('how many samples'),
    draw: giving('({ model, params, key, count }) => model.sample(params, key, count)'),
  },
  optional: {
    picture,
    plot: narrowed('the ranges of a plot, as in { x: [-2, 2], y: [-2, 2] }',
      u => isRecord(u) && Object.keys(u).length === 2 && range.is(u['x']) && range.is(u['y'])),
    reference: narrowed('a list of points [x, y]', u => Array.isArray(u) && u.every(isPoint)),
  },
}
const LOSS: Readonly<Record<string, t.Type<unknown, unknown, unknown>>> = {
  objective: giving('({ params, batch }) => loss'), optimiser: giving('() => adam(0.001)'),
}
const PARTS: Form = {
  required: {
    // the name goes into the paths of run folders
    name: narrowed('a word of letters, digits, dots, dashes and underscores, because run folders are named by it',
      u => typeof u === 'string' && /^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u.test(u)),
    summary: narrowed('a sentence', u => typeof u === 'string'),
    settings,
    model: giving('() => ({ params: { w: f32(784, 10) } })'),
    schedule: giving('() => ({ batch: 100, length: { epochs: 1 } })'),
  },
  optional: {
    after: narrowed('a recipe, as defineRecipe makes it', isMade),
    data: giving('() => mnist()'), ...LOSS, training: giving('({ model, steps }) => trainStep({ ... })'),
    evaluation: giving('({ params, batch }) => ({ error })'),
    samples: narrowed('a record with count, picture or plot, and draw, or a function that gives one',
      u => isRecord(u) || typeof u === 'function'),
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
const shown = (u: unknown): string => copied(u) ?? (typeof u === 'function' ? 'a function' : u instanceof Promise ? 'a promise'
  : Array.isArray(u) && u.length > 6 ? `a list of ${u.length}`
  : isRecord(u) && isDeep(u) ? `a record with ${Object.keys(u).slice(0, 6).join(', ')}`
    : JSON.stringify(u) ?? String(u))

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
  if (isMade(parts) || copied(parts) !== undefined) {
    throw new TypegradError('config', `defineRecipe is given ${copied(parts) ?? 'a recipe, which is made already'}.`)
  }
  const named = isRecord(parts) && PARTS.required['name'].is(parts['name']) ? ` ${String(parts['name'])}` : ''
  check(`the recipe${named}`, 'part', PARTS, parts)
  const { samples, ...found } = parts as Readonly<Record<string, unknown>>
  if (found['after'] !== undefined && 'from' in (found['settings'] as object)) {
    throw new TypegradError('config', `the recipe${named} has a setting from, but after adds one of that name: the run to go on from.`)
  }
  if (isRecord(samples)) checkSamples(samples, `the recipe${named}: samples`)
  const given = Object.keys(LOSS).filter(k => found[k] !== undefined)
  if (found['training'] !== undefined) {
    if (given.length > 0) {
      throw new TypegradError('config',
        `the recipe${named} has training and ${given.join(' and ')}: it trains either by an objective and an optimiser, or by a training.`)
    }
    return
  }
  const [missing] = Object.keys(LOSS).filter(k => found[k] === undefined)
  if (given.length === 0) {
    throw new TypegradError('config',
      `the recipe${named} has nothing to train by: give it an objective and an optimiser, or a training such as game({ ... }).`)
  }
  if (missing !== undefined) {
    throw new TypegradError('config', `the recipe${named}: ${missing} is missing; it must be ${LOSS[missing].name}.`)
  }
}

/** Checks what to draw: pictures or points, one of the two. */
export const checkSamples = <A>(samples: A, what = 'its samples'): A => {
  const found: unknown = samples
  check(what, 'entry', SAMPLES, found)
  const { picture: pictured, plot } = found as Readonly<Record<string, unknown>>
  if ((pictured === undefined) === (plot === undefined)) {
    throw new TypegradError('config', `${what} ${plot === undefined ? 'has neither picture nor plot' : 'has both picture and plot'}: `
      + 'give picture: { height, width } for pictures, or plot: { x: [lo, hi], y: [lo, hi] } for points.')
  }
  return samples
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
  const { aux, claims } = holder as { readonly aux?: unknown; readonly claims?: unknown }
  if (aux !== undefined && (typeof aux !== 'object' && typeof aux !== 'function' || aux === null)) {
    throw refusal('the aux of its model', aux, 'a record of carried state, or a function that gives one,')
  }
  if (claims !== undefined && typeof claims !== 'function') {
    throw refusal('the claims of its model', claims, 'a function such as () => [causality]')
  }
  return model
}

/** What `training` gives, when it is one. */
export const checkTraining = <T>(training: T): T => {
  const found: unknown = training
  const whole = isRecord(found) && ['init', 'step', 'statement'].every(k => typeof found[k] === 'function')
    && typeof found['params'] === 'object' && (found['batches'] === undefined || isCount(found['batches']))
  if (!whole) throw refusal('it', found, 'a training, such as trainStep({ params, loss, optimiser }),')
  return training
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
export const checkSchedule = <S>(schedule: S, hasData = true): S => {
  const found: unknown = schedule
  if (found instanceof Promise) throw refusal('its schedule', found, 'a record')
  check('its schedule', 'entry', SCHEDULE, found)
  const { length, evaluate } = found as Readonly<Record<string, object | undefined>>
  for (const [name, given] of Object.entries({ length, evaluate })) if (!hasData && given !== undefined && 'epochs' in given) {
    throw new TypegradError('config',
      `its schedule: ${name} is ${shown(given)}, but without data there are no epochs: say it in steps, as in { steps: 1000 }.`)
  }
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
