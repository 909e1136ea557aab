/** `typegrad eval` and `typegrad sample`: what a run's checkpoint can still tell. */
import { join } from 'node:path'
import { TypegradError } from '../../dsl/errors.js'
import { drawSamples } from '../draw.js'
import { evaluator } from '../evaluate.js'
import { FILES } from '../files/names.js'
import { Interrupted, pausing } from '../pause.js'
import { figure } from '../report/markdown.js'
import { sampling } from '../report/progress.js'
import { reopen, savedState } from '../session.js'
import { writeSamples } from '../show.js'
import { answering } from './output.js'
import { exitOf, untilInterrupted } from './signals.js'

/** The flags that both commands take; the run's own engine and threads unless said. */
export interface RunFlags {
  readonly engine?: string
  readonly threads?: number
  /** Where the recipe is now, if it has moved since. */
  readonly recipe?: string
  readonly json?: boolean
}
/** The flags of `typegrad sample`. */
export interface SampleFlags extends RunFlags { readonly count?: number; readonly seed?: number; readonly out?: string }

const opened = async (folder: string, flags: RunFlags, say: (line: string) => void) => {
  const reopened = await reopen(folder, flags, say)
  const { step, state } = await savedState(folder, reopened.assembly)
  return { reopened, step, state, engine: await reopened.engine() }
}

/** Evaluates the checkpoint of a run on the test split. */
export const evalCommand = (folder: string, flags: RunFlags): Promise<number> => answering(flags.json, async out => {
  const { reopened: { recipe, config, assembly, splits }, step, state, engine } = await opened(folder, flags, out.say)
  if (assembly.evaluation === undefined) throw new TypegradError('config', `${recipe.name} has no evaluation: its recipe defines none.`)
  const began = performance.now()
  const evaluation = evaluator(engine, assembly, splits.test, config.batch, config.seed, pausing(() => false))
  const metrics = await evaluation.run(state)
  await evaluation.release()
  out.say(`${recipe.name}, step ${step}${splits.test.size === 0 ? '' : `, ${splits.test.size.toLocaleString('en')} test rows`}`)
  for (const [name, v] of Object.entries(metrics)) out.say(`  ${name}  ${figure(v)}`)
  out.result({ recipe: recipe.name, engine: engine.name, seed: config.seed, steps: step, seconds: (performance.now() - began) / 1000,
    metrics, out: folder })
  return 0
})

/** Draws new samples from the checkpoint of a run. */
export const sampleCommand = (folder: string, flags: SampleFlags): Promise<number> => answering(flags.json, async out => {
  if (flags.out !== undefined && !/\.png$/i.test(flags.out)) {
    throw new TypegradError('config', `--out ${flags.out}: samples are drawn as a PNG file: give a name that ends in .png.`)
  }
  const { reopened, step, state, engine } = await opened(folder, flags, out.say)
  const { recipe, config, assembly, prepared: { samples } } = reopened
  if (samples === undefined) throw new TypegradError('config', `${recipe.name} draws no samples: its recipe defines none.`)
  const seed = flags.seed ?? config.seed, count = flags.count ?? samples.count
  const began = performance.now()
  const isUsual = flags.seed === undefined && flags.count === undefined
  const file = flags.out ?? join(folder, isUsual ? FILES.samples : `samples-${count}-seed-${seed}.png`)
  const bar = sampling(out.people, count)
  const known = { recipe: recipe.name, engine: engine.name, seed, steps: step }
  const stop = untilInterrupted(() => {}, () => {
    bar.stop()
    out.result({ ...known, interrupted: true })
  })
  try {
    const drawn = await drawSamples(engine, assembly, state, count, seed, pausing(() => stop.asked() !== undefined), bar.at)
    bar.stop()
    await writeSamples(reopened, drawn?.samples, file)
    const perMinute = Math.round(drawn?.perMinute ?? 0)
    out.say(`${count} samples of ${recipe.name}, step ${step}, ${perMinute.toLocaleString('en')} a minute: ${file}`)
    out.result({ ...known, seconds: (performance.now() - began) / 1000, count, perMinute, out: file })
    return 0
  } catch (e) {
    bar.stop()
    const asked = stop.asked()
    if (!(e instanceof Interrupted) || asked === undefined) throw e
    out.say('Stopped: no samples are written.')
    out.result({ ...known, interrupted: true })
    return exitOf(asked)
  } finally { stop.done() }
})
